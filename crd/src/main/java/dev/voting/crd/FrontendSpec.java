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

/** The web page: nginx, unprivileged, with the page of the operator. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = Rules.MEMORY_AT_LEAST + "16Mi" + Rules.OR_MORE,
    message = "nginx does not start with less than 16Mi of memory: give it more, such as 256Mi",
    fieldPath = Rules.MEMORY_LIMIT)
public record FrontendSpec(
    @JsonPropertyDescription(
            "Image of an unprivileged nginx that listens on 8080. By default the one that this"
                + " version of the operator was tested with.")
        @Pattern(Patterns.IMAGE)
        @Size(max = 512)
        String image,
    @JsonPropertyDescription("How many pods. Ignored while autoscaling is set.") @Min(0) @Max(100)
        Integer replicas,
    @JsonPropertyDescription("Lets a HorizontalPodAutoscaler choose the number of pods.")
        AutoscalingSpec autoscaling,
    @JsonPropertyDescription(
            "CPU and memory of one pod. Set as a whole: no part keeps a default. By default"
                + " requests of 100m and 128Mi, limits of 200m and 256Mi.")
        ComputeResources resources) {

  static final FrontendSpec DEFAULTS = new FrontendSpec(null, null, null, null);

  public FrontendSpec {
    replicas = or(replicas, 1);
    resources = or(resources, ComputeResources.of("100m", "128Mi", "200m", "256Mi"));
  }
}
