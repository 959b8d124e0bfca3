package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The consumer: reads the stream, writes PostgreSQL. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = Rules.MEMORY_AT_LEAST + "96Mi" + Rules.OR_MORE,
    message =
        "the consumer does not start with less than 96Mi of memory: give it more, such as 512Mi",
    fieldPath = Rules.MEMORY_LIMIT)
public record ConsumerSpec(
    @JsonPropertyDescription("Image of the consumer. By default the one of this operator version.")
        @Pattern(Patterns.IMAGE)
        @Size(max = 512)
        String image,
    @JsonPropertyDescription("What runs the consumer.") Workload workload,
    @JsonPropertyDescription("How many pods share the stream; the parallelism of a Job.")
        @Min(0)
        @Max(100)
        Integer replicas,
    @JsonPropertyDescription(
            "How often a Job's pods may fail before the operator creates a new Job.")
        @Min(0)
        @Max(100)
        Integer backoffLimit,
    @JsonPropertyDescription("Seconds that an ended Job is kept to be looked at.")
        @Min(0)
        @Max(2592000)
        Integer ttlSecondsAfterFinished,
    @JsonPropertyDescription("The most votes that are counted in one transaction.")
        @Min(1)
        @Max(10000)
        Integer batchSize,
    @JsonPropertyDescription(
            "CPU and memory of one pod. Set as a whole: no part keeps a default. By default"
                + " requests of 200m and 256Mi, limits of 500m and 512Mi.")
        ComputeResources resources) {

  static final ConsumerSpec DEFAULTS = new ConsumerSpec(null, null, null, null, null, null, null);

  /** What runs the consumer. */
  public enum Workload {
    Job,
    Deployment
  }

  public ConsumerSpec {
    workload = or(workload, Workload.Job);
    replicas = or(replicas, 1);
    backoffLimit = or(backoffLimit, 3);
    ttlSecondsAfterFinished = or(ttlSecondsAfterFinished, 3600);
    batchSize = or(batchSize, 1000);
    resources = or(resources, ComputeResources.of("200m", "256Mi", "500m", "512Mi"));
  }
}
