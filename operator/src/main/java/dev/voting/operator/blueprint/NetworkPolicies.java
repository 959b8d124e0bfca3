package dev.voting.operator.blueprint;

import static dev.voting.operator.blueprint.Names.API;
import static dev.voting.operator.blueprint.Names.CONSUMER;
import static dev.voting.operator.blueprint.Names.FRONTEND;
import static dev.voting.operator.blueprint.Names.POSTGRES;
import static dev.voting.operator.blueprint.Names.REDIS;

import dev.voting.crd.ExposureSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Everything is denied, both ways, but DNS and the arrows of the picture: way in → page and API,
 * API and consumer → Redis and PostgreSQL.
 */
final class NetworkPolicies {
  private NetworkPolicies() {}

  static List<HasMetadata> objects(Subject subject) {
    if (!subject.spec().networkPolicies().enabled()) {
      return List.of();
    }
    var names = subject.names();
    var objects = new ArrayList<HasMetadata>();
    for (var namespace : names.namespaces()) {
      objects.add(defaultDeny(subject, namespace));
      objects.add(dns(subject, namespace));
    }
    var wayIn = wayIn(subject);
    if (!wayIn.isEmpty()) {
      objects.add(
          ingress(subject, names.frontendNamespace(), FRONTEND, wayIn, Names.FRONTEND_PORT));
      objects.add(ingress(subject, names.apiNamespace(), API, wayIn, Names.API_PORT));
    }
    if (!Postgres.external(subject)) {
      objects.add(
          ingress(subject, names.dataNamespace(), POSTGRES, clients(subject), Names.POSTGRES_PORT));
    }
    if (!Redis.external(subject)) {
      objects.add(
          ingress(subject, names.dataNamespace(), REDIS, clients(subject), Names.REDIS_PORT));
    }
    objects.add(toData(subject, names.apiNamespace(), API));
    objects.add(toData(subject, names.consumerNamespace(), CONSUMER));
    return objects;
  }

  private static HasMetadata defaultDeny(Subject subject, String namespace) {
    return new NetworkPolicyBuilder()
        .withMetadata(subject.metadata("network", namespace, "default-deny"))
        .withNewSpec()
        .withNewPodSelector()
        .endPodSelector()
        .withPolicyTypes("Ingress", "Egress")
        .endSpec()
        .build();
  }

  private static HasMetadata dns(Subject subject, String namespace) {
    return new NetworkPolicyBuilder()
        .withMetadata(subject.metadata("network", namespace, "dns"))
        .withNewSpec()
        .withNewPodSelector()
        .endPodSelector()
        .withPolicyTypes("Egress")
        .addNewEgress()
        .withPorts(port("UDP", 53), port("TCP", 53))
        .endEgress()
        .endSpec()
        .build();
  }

  private static HasMetadata ingress(
      Subject subject,
      String namespace,
      String component,
      List<NetworkPolicyPeer> peers,
      int port) {
    return new NetworkPolicyBuilder()
        .withMetadata(subject.metadata("network", namespace, component))
        .withNewSpec()
        .withNewPodSelector()
        .withMatchLabels(subject.selector(component))
        .endPodSelector()
        .withPolicyTypes("Ingress")
        .addNewIngress()
        .withFrom(peers)
        .withPorts(port("TCP", port))
        .endIngress()
        .endSpec()
        .build();
  }

  /** From a client to Redis and PostgreSQL: the operator's own, or, for external ones, anywhere. */
  private static HasMetadata toData(Subject subject, String namespace, String component) {
    var policy =
        new NetworkPolicyBuilder()
            .withMetadata(subject.metadata("network", namespace, component + "-data"))
            .withNewSpec()
            .withNewPodSelector()
            .withMatchLabels(subject.selector(component))
            .endPodSelector()
            .withPolicyTypes("Egress");
    if (Postgres.external(subject) || Redis.external(subject)) {
      // Where an external server listens stands in its Secret, which may change.
      policy = policy.addNewEgress().endEgress();
    }
    if (!Postgres.external(subject)) {
      policy =
          policy
              .addNewEgress()
              .withTo(peer(subject, subject.names().dataNamespace(), POSTGRES))
              .withPorts(port("TCP", Names.POSTGRES_PORT))
              .endEgress();
    }
    if (!Redis.external(subject)) {
      policy =
          policy
              .addNewEgress()
              .withTo(peer(subject, subject.names().dataNamespace(), REDIS))
              .withPorts(port("TCP", Names.REDIS_PORT))
              .endEgress();
    }
    return policy.endSpec().build();
  }

  private static List<NetworkPolicyPeer> clients(Subject subject) {
    var names = subject.names();
    return List.of(
        peer(subject, names.apiNamespace(), API),
        peer(subject, names.consumerNamespace(), CONSUMER));
  }

  private static List<NetworkPolicyPeer> wayIn(Subject subject) {
    ExposureSpec exposure = subject.spec().exposure();
    return switch (exposure.type()) {
      case Ingress -> List.of(namespace("ingress-nginx"));
      case Gateway -> List.of(namespace(exposure.gateway().namespace()));
      case None -> List.of();
    };
  }

  private static NetworkPolicyPeer namespace(String name) {
    return new NetworkPolicyPeerBuilder()
        .withNewNamespaceSelector()
        .withMatchLabels(Map.of(Names.NAMESPACE_NAME, name))
        .endNamespaceSelector()
        .build();
  }

  private static NetworkPolicyPeer peer(Subject subject, String namespace, String component) {
    return new NetworkPolicyPeerBuilder(namespace(namespace))
        .withNewPodSelector()
        .withMatchLabels(subject.selector(component))
        .endPodSelector()
        .build();
  }

  private static NetworkPolicyPort port(String protocol, int number) {
    return new NetworkPolicyPortBuilder()
        .withProtocol(protocol)
        .withPort(new IntOrString(number))
        .build();
  }
}
