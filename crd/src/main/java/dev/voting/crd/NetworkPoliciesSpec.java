package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** Network policies between the parts. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NetworkPoliciesSpec(
    @JsonPropertyDescription("Whether everything is denied but what the parts need of each other.")
        Boolean enabled) {

  static final NetworkPoliciesSpec DEFAULTS = new NetworkPoliciesSpec(null);

  public NetworkPoliciesSpec {
    enabled = or(enabled, true);
  }
}
