package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Network policies between the components. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NetworkPoliciesSpec(
    @JsonPropertyDescription("Whether to deny all connections except those between the components.")
        Boolean enabled,
    @JsonPropertyDescription(
            "Pods of the ingress controller, or of the Gateway, which may reach the page and the"
                + " API. By default what exposure.className or exposure.gateway suggest.")
        @Size(min = 1, max = 8)
        List<PeerSpec> ingressPeers,
    @JsonPropertyDescription(
            "Namespace whose pods may read the metrics of the API and of the consumer, such as"
                + " monitoring. By default none.")
        @Pattern(Patterns.LABEL)
        @Size(max = 63)
        String metricsNamespace,
    @JsonPropertyDescription(
            "Pods of the cluster's DNS. By default those labelled k8s-app: kube-dns in kube-system."
                + " NodeLocal DNSCache at 169.254.20.10 may be asked in any case.")
        @Size(min = 1, max = 8)
        List<PeerSpec> dns) {

  static final NetworkPoliciesSpec DEFAULTS = new NetworkPoliciesSpec(null, null, null, null);

  public NetworkPoliciesSpec {
    enabled = or(enabled, true);
    ingressPeers = ingressPeers == null ? null : List.copyOf(ingressPeers);
    dns = dns == null ? null : List.copyOf(dns);
  }
}
