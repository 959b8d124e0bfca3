package dev.voting.operator.blueprint.network;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.networking.v1.IPBlock;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Who reaches whom by NetworkPolicies, as Kubernetes defines them: a pod that some policy selects
 * for a direction is reached, or reaches out, only as one of these policies allows; both ends must
 * allow it.
 *
 * @param policies all of the cluster
 */
record Reachability(List<NetworkPolicy> policies) {

  /**
   * A pod, or an address that is none.
   *
   * @param name for people
   * @param namespace null for what is no pod
   */
  record Endpoint(
      String name,
      String namespace,
      Map<String, String> namespaceLabels,
      Map<String, String> labels,
      String address) {

    @Override
    public String toString() {
      return name;
    }
  }

  /** Where a connection goes. */
  record Port(String protocol, int number) {
    @Override
    public String toString() {
      return protocol + " " + number;
    }
  }

  boolean reaches(Endpoint from, Endpoint to, Port port) {
    return mayLeave(from, to, port) && mayEnter(from, to, port);
  }

  private boolean mayLeave(Endpoint from, Endpoint to, Port port) {
    var isolating = selecting(from, "Egress");
    return isolating.isEmpty()
        || isolating.stream()
            .flatMap(
                policy -> policy.getSpec().getEgress().stream().map(rule -> rule(policy, rule)))
            .anyMatch(rule -> rule.allows(to, port));
  }

  private boolean mayEnter(Endpoint from, Endpoint to, Port port) {
    var isolating = selecting(to, "Ingress");
    return isolating.isEmpty()
        || isolating.stream()
            .flatMap(
                policy -> policy.getSpec().getIngress().stream().map(rule -> rule(policy, rule)))
            .anyMatch(rule -> rule.allows(from, port));
  }

  private List<NetworkPolicy> selecting(Endpoint pod, String direction) {
    return policies.stream()
        .filter(policy -> policy.getMetadata().getNamespace().equals(pod.namespace()))
        .filter(policy -> policy.getSpec().getPolicyTypes().contains(direction))
        .filter(policy -> matches(policy.getSpec().getPodSelector(), pod.labels()))
        .toList();
  }

  /** A rule of either direction: whom it allows, at which ports. */
  private record Rule(
      String namespace, List<NetworkPolicyPeer> peers, List<NetworkPolicyPort> ports) {
    boolean allows(Endpoint other, Port port) {
      return (peers.isEmpty() || peers.stream().anyMatch(peer -> matches(peer, other, namespace)))
          && (ports.isEmpty() || ports.stream().anyMatch(allowed -> matches(allowed, port)));
    }
  }

  private static Rule rule(NetworkPolicy policy, NetworkPolicyEgressRule rule) {
    return new Rule(policy.getMetadata().getNamespace(), rule.getTo(), rule.getPorts());
  }

  private static Rule rule(NetworkPolicy policy, NetworkPolicyIngressRule rule) {
    return new Rule(policy.getMetadata().getNamespace(), rule.getFrom(), rule.getPorts());
  }

  private static boolean matches(NetworkPolicyPeer peer, Endpoint other, String namespace) {
    if (peer.getIpBlock() != null) {
      return contains(peer.getIpBlock(), other.address());
    }
    if (other.namespace() == null) {
      return false;
    }
    var inNamespace =
        peer.getNamespaceSelector() == null
            ? other.namespace().equals(namespace)
            : matches(peer.getNamespaceSelector(), other.namespaceLabels());
    return inNamespace
        && (peer.getPodSelector() == null || matches(peer.getPodSelector(), other.labels()));
  }

  private static boolean matches(NetworkPolicyPort allowed, Port port) {
    if (!Objects.requireNonNullElse(allowed.getProtocol(), "TCP").equals(port.protocol())) {
      return false;
    }
    if (allowed.getPort() == null) {
      return true;
    }
    int first = allowed.getPort().getIntVal();
    int last = Objects.requireNonNullElse(allowed.getEndPort(), first);
    return first <= port.number() && port.number() <= last;
  }

  private static boolean matches(LabelSelector selector, Map<String, String> labels) {
    return labels.entrySet().containsAll(selector.getMatchLabels().entrySet())
        && selector.getMatchExpressions().stream().allMatch(wanted -> matches(wanted, labels));
  }

  private static boolean matches(LabelSelectorRequirement wanted, Map<String, String> labels) {
    var value = labels.get(wanted.getKey());
    return switch (wanted.getOperator()) {
      case "In" -> value != null && wanted.getValues().contains(value);
      case "NotIn" -> !wanted.getValues().contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> throw new IllegalArgumentException(wanted.getOperator());
    };
  }

  private static boolean contains(IPBlock block, String address) {
    return contains(block.getCidr(), address)
        && block.getExcept().stream().noneMatch(cidr -> contains(cidr, address));
  }

  private static boolean contains(String cidr, String address) {
    var parts = cidr.split("/");
    var network = InetAddress.ofLiteral(parts[0]).getAddress();
    var asked = InetAddress.ofLiteral(address).getAddress();
    if (network.length != asked.length) {
      return false;
    }
    int bits = Integer.parseInt(parts[1]);
    for (int i = 0; i < bits; i++) {
      int mask = 0x80 >> i % 8;
      if ((network[i / 8] & mask) != (asked[i / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}
