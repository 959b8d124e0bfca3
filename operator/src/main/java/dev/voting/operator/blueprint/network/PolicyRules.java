package dev.voting.operator.blueprint.network;

import static dev.voting.operator.blueprint.Names.NAMESPACE_NAME;

import dev.voting.crd.PeerSpec;
import dev.voting.operator.blueprint.BlueprintContext;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The vocabulary of the policies: who may talk to whom, on which port. */
final class PolicyRules {
  private PolicyRules() {}

  static HasMetadata ingress(
      BlueprintContext context,
      String namespace,
      String name,
      Map<String, String> selector,
      List<NetworkPolicyIngressRule> rules) {
    return policy(context, namespace, name, selector, "Ingress")
        .editSpec()
        .withIngress(rules)
        .endSpec()
        .build();
  }

  static HasMetadata egress(
      BlueprintContext context,
      String namespace,
      String name,
      Map<String, String> selector,
      List<NetworkPolicyEgressRule> rules) {
    return policy(context, namespace, name, selector, "Egress")
        .editSpec()
        .withEgress(rules)
        .endSpec()
        .build();
  }

  private static NetworkPolicyBuilder policy(
      BlueprintContext context,
      String namespace,
      String name,
      Map<String, String> selector,
      String type) {
    return new NetworkPolicyBuilder()
        .withMetadata(context.metadata("network", namespace, name))
        .withNewSpec()
        .withNewPodSelector()
        .withMatchLabels(selector)
        .endPodSelector()
        .withPolicyTypes(type)
        .endSpec();
  }

  static NetworkPolicyIngressRule from(List<NetworkPolicyPeer> peers, int port) {
    return new NetworkPolicyIngressRuleBuilder()
        .withFrom(peers)
        .withPorts(port("TCP", port))
        .build();
  }

  static NetworkPolicyEgressRule to(List<NetworkPolicyPeer> peers, List<NetworkPolicyPort> ports) {
    return new NetworkPolicyEgressRuleBuilder().withTo(peers).withPorts(ports).build();
  }

  static List<NetworkPolicyPeer> peers(List<PeerSpec> specs) {
    return specs.stream()
        .map(
            spec ->
                spec.podLabels().isEmpty()
                    ? namespace(spec.namespaceLabels())
                    : pods(spec.namespaceLabels(), spec.podLabels()))
        .toList();
  }

  static NetworkPolicyPeer pods(BlueprintContext context, String namespace, String component) {
    return pods(Map.of(NAMESPACE_NAME, namespace), context.selector(component));
  }

  static NetworkPolicyPeer namespace(Map<String, String> labels) {
    return new NetworkPolicyPeerBuilder()
        .withNewNamespaceSelector()
        .withMatchLabels(new TreeMap<>(labels))
        .endNamespaceSelector()
        .build();
  }

  static NetworkPolicyPeer pods(
      Map<String, String> namespaceLabels, Map<String, String> podLabels) {
    return new NetworkPolicyPeerBuilder(namespace(namespaceLabels))
        .withNewPodSelector()
        .withMatchLabels(new TreeMap<>(podLabels))
        .endPodSelector()
        .build();
  }

  static NetworkPolicyPort port(String protocol, int number) {
    return new NetworkPolicyPortBuilder()
        .withProtocol(protocol)
        .withPort(new IntOrString(number))
        .build();
  }
}
