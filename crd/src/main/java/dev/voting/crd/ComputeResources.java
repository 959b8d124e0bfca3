package dev.voting.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;

/** Requests and limits of a container, as in a pod. Given, they replace the defaults as a whole. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.requests) || !has(self.limits) || !has(self.requests.cpu) ||"
            + " !has(self.limits.cpu) || !isQuantity(string(self.requests.cpu)) ||"
            + " !isQuantity(string(self.limits.cpu)) || quantity(string(self.requests.cpu))"
            + ".compareTo(quantity(string(self.limits.cpu))) <= 0",
    message = "requests.cpu must not exceed limits.cpu: lower the request or raise the limit",
    fieldPath = ".requests")
@ValidationRule(
    value =
        "!has(self.requests) || !has(self.limits) || !has(self.requests.memory) ||"
            + " !has(self.limits.memory) || !isQuantity(string(self.requests.memory)) ||"
            + " !isQuantity(string(self.limits.memory)) || quantity(string(self.requests.memory))"
            + ".compareTo(quantity(string(self.limits.memory))) <= 0",
    message = "requests.memory must not exceed limits.memory: lower the request or raise the limit",
    fieldPath = ".requests")
public record ComputeResources(
    @JsonPropertyDescription("What is reserved for a pod.") Amounts requests,
    @JsonPropertyDescription("What a pod may use at most.") Amounts limits) {

  /** CPU and memory. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Amounts(
      @JsonPropertyDescription("Cores, such as 500m or 2.") Quantity cpu,
      @JsonPropertyDescription("Bytes, such as 256Mi or 1Gi.") Quantity memory) {}

  static ComputeResources of(
      String requestCpu, String requestMemory, String limitCpu, String limitMemory) {
    return new ComputeResources(
        new Amounts(new Quantity(requestCpu), new Quantity(requestMemory)),
        new Amounts(new Quantity(limitCpu), new Quantity(limitMemory)));
  }
}
