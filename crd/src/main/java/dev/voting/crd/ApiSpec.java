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
import java.util.List;

/** The vote API. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.corsOrigins) || self.corsOrigins.all(o, o == '*' ||"
            + " o.matches('"
            + Patterns.ORIGIN
            + "'))",
    message =
        "an origin is a scheme and a host, such as https://vote.example.org, with no path and no"
            + " slash at its end; * allows every origin",
    fieldPath = ".corsOrigins")
@ValidationRule(
    value = Rules.MEMORY_AT_LEAST + "96Mi" + Rules.OR_MORE,
    message = "the API does not start with less than 96Mi of memory: give it more, such as 512Mi",
    fieldPath = Rules.MEMORY_LIMIT)
public record ApiSpec(
    @JsonPropertyDescription("Image of the vote API. By default the one of this operator version.")
        @Pattern(Patterns.IMAGE)
        @Size(max = 512)
        String image,
    @JsonPropertyDescription("How many pods. Ignored while autoscaling is set.") @Min(0) @Max(100)
        Integer replicas,
    @JsonPropertyDescription("Lets a HorizontalPodAutoscaler choose the number of pods.")
        AutoscalingSpec autoscaling,
    @JsonPropertyDescription(
            "CPU and memory of one pod. Set as a whole: no part keeps a default. By default"
                + " requests of 200m and 256Mi, limits of 500m and 512Mi.")
        ComputeResources resources,
    @JsonPropertyDescription(
            "Origins of other sites whose pages may call the API, such as"
                + " https://vote.example.org. The system's own page needs none.")
        @Size(max = 32)
        List<String> corsOrigins,
    @JsonPropertyDescription("A limit per client address. Off unless set.") ApiRateLimit rateLimit,
    @JsonPropertyDescription(
            "Whether the address and user agent of each vote go into the audit log.")
        Boolean recordClient) {

  static final ApiSpec DEFAULTS = new ApiSpec(null, null, null, null, null, null, null);

  public ApiSpec {
    replicas = or(replicas, 1);
    resources = or(resources, ComputeResources.of("200m", "256Mi", "500m", "512Mi"));
    corsOrigins = List.copyOf(or(corsOrigins, List.of()));
    recordClient = or(recordClient, true);
  }
}
