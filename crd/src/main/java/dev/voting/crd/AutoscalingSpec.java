package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/** The bounds of a HorizontalPodAutoscaler. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.minReplicas <= self.maxReplicas",
    message = "minReplicas must not be greater than maxReplicas: lower it or raise maxReplicas",
    fieldPath = ".minReplicas")
public record AutoscalingSpec(
    @JsonPropertyDescription("The fewest pods.") @Min(1) @Max(100) Integer minReplicas,
    @JsonPropertyDescription("The most pods.") @Required @Min(1) @Max(100) Integer maxReplicas,
    @JsonPropertyDescription("The CPU use, in percent of the request, that is aimed at.")
        @Min(1)
        @Max(100)
        Integer targetCPUUtilizationPercentage) {

  public AutoscalingSpec {
    minReplicas = or(minReplicas, 1);
    targetCPUUtilizationPercentage = or(targetCPUUtilizationPercentage, 80);
  }
}
