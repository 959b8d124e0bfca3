package dev.voting.operator.blueprint.network;

import static dev.voting.operator.blueprint.Names.API;
import static dev.voting.operator.blueprint.Names.CONSUMER;
import static dev.voting.operator.blueprint.Names.FRONTEND;
import static dev.voting.operator.blueprint.Names.NAMESPACE_NAME;
import static dev.voting.operator.blueprint.Names.POLL;
import static dev.voting.operator.blueprint.Names.POSTGRES;
import static dev.voting.operator.blueprint.Names.REDIS;
import static dev.voting.operator.blueprint.network.PolicyRules.egress;
import static dev.voting.operator.blueprint.network.PolicyRules.from;
import static dev.voting.operator.blueprint.network.PolicyRules.ingress;
import static dev.voting.operator.blueprint.network.PolicyRules.peers;
import static dev.voting.operator.blueprint.network.PolicyRules.pods;
import static dev.voting.operator.blueprint.network.PolicyRules.port;
import static dev.voting.operator.blueprint.network.PolicyRules.to;

import dev.voting.crd.PeerSpec;
import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Everything is denied, both ways, but the arrows of the table in docs/network.md, which a test
 * holds against what these policies let through.
 */
public final class NetworkPolicies {

  /** Where pods ask, of every node, when NodeLocal DNSCache is installed. */
  private static final String NODE_LOCAL_DNS = "169.254.20.10/32";

  private static final List<PeerSpec> CLUSTER_DNS =
      List.of(new PeerSpec(Map.of(NAMESPACE_NAME, "kube-system"), Map.of("k8s-app", "kube-dns")));

  /** OpenShift's DNS listens on 5353. */
  private static final List<NetworkPolicyPort> DNS_PORTS =
      List.of(port("UDP", 53), port("TCP", 53), port("UDP", 5353), port("TCP", 5353));

  private static final Map<String, String> ACME_SOLVER =
      Map.of("acme.cert-manager.io/http01-solver", "true");

  private static final int ACME_PORT = 8089;

  private NetworkPolicies() {}

  public static List<HasMetadata> objects(BlueprintContext context) {
    if (!context.spec().networkPolicies().enabled()) {
      return List.of();
    }
    var names = context.names();
    var objects = new ArrayList<HasMetadata>();
    for (var namespace : names.namespaces()) {
      objects.add(defaultDeny(context, namespace));
      objects.add(dns(context, namespace));
    }
    objects.addAll(exposure(context));
    objects.addAll(metrics(context));
    if (!context.externalPostgres()) {
      objects.add(server(context, POSTGRES, Names.POSTGRES_PORT));
    }
    if (!context.externalRedis()) {
      objects.add(server(context, REDIS, Names.REDIS_PORT));
    }
    objects.addAll(toData(context, names.apiNamespace(), API));
    objects.addAll(toData(context, names.consumerNamespace(), CONSUMER));
    if (context.spec().poll() != null) {
      objects.addAll(toData(context, names.consumerNamespace(), POLL));
    }
    return objects;
  }

  private static HasMetadata defaultDeny(BlueprintContext context, String namespace) {
    return new NetworkPolicyBuilder()
        .withMetadata(context.metadata("network", namespace, "default-deny"))
        .withNewSpec()
        .withNewPodSelector()
        .endPodSelector()
        .withPolicyTypes("Ingress", "Egress")
        .endSpec()
        .build();
  }

  /**
   * To the cluster's own DNS alone, so that DNS of somebody outside can't be talked to. A node's
   * cache is no pod to select, hence its address.
   */
  private static HasMetadata dns(BlueprintContext context, String namespace) {
    var given = context.spec().networkPolicies().dns();
    var peers = new ArrayList<>(peers(given == null ? CLUSTER_DNS : given));
    peers.add(
        new NetworkPolicyPeerBuilder()
            .withNewIpBlock()
            .withCidr(NODE_LOCAL_DNS)
            .endIpBlock()
            .build());
    return egress(context, namespace, "dns", Map.of(), List.of(to(peers, DNS_PORTS)));
  }

  private static List<HasMetadata> exposure(BlueprintContext context) {
    var names = context.names();
    var peers = peers(IngressPeers.peers(context));
    var objects = new ArrayList<HasMetadata>();
    if (peers.isEmpty()) {
      return objects;
    }
    objects.add(
        ingress(
            context,
            names.frontendNamespace(),
            FRONTEND,
            context.selector(FRONTEND),
            List.of(from(peers, Names.FRONTEND_PORT))));
    objects.add(
        ingress(
            context,
            names.apiNamespace(),
            API,
            context.selector(API),
            List.of(from(peers, Names.API_PORT))));
    // Cert-manager proves that the host is ours by pods of its own, beside each Secret it makes.
    for (var namespace : Exposure.certificateNamespaces(context)) {
      objects.add(
          ingress(context, namespace, "acme-solver", ACME_SOLVER, List.of(from(peers, ACME_PORT))));
    }
    if (Routes.ownGateway(context)) {
      objects.add(ownGateway(context));
    }
    return objects;
  }

  /**
   * Some controllers run a Gateway's pods in the Gateway's own namespace. Anybody may reach them,
   * and they reach the system, and their controller, wherever that is; but neither data nor
   * consumer.
   */
  private static HasMetadata ownGateway(BlueprintContext context) {
    var names = context.names();
    var elsewhere =
        new NetworkPolicyPeerBuilder()
            .withNewNamespaceSelector()
            .addNewMatchExpression()
            .withKey(NAMESPACE_NAME)
            .withOperator("NotIn")
            .withValues(names.namespaces().stream().sorted().toList())
            .endMatchExpression()
            .endNamespaceSelector()
            .build();
    var rules = new ArrayList<NetworkPolicyEgressRule>();
    rules.add(to(List.of(elsewhere), List.of()));
    rules.add(
        to(
            List.of(pods(context, names.frontendNamespace(), FRONTEND)),
            List.of(port("TCP", Names.FRONTEND_PORT))));
    rules.add(
        to(
            List.of(pods(context, names.apiNamespace(), API)),
            List.of(port("TCP", Names.API_PORT))));
    for (var namespace : Exposure.certificateNamespaces(context)) {
      rules.add(
          to(
              List.of(pods(Map.of(NAMESPACE_NAME, namespace), ACME_SOLVER)),
              List.of(port("TCP", ACME_PORT))));
    }
    return new NetworkPolicyBuilder()
        .withMetadata(context.metadata("network", names.frontendNamespace(), Routes.GATEWAY))
        .withNewSpec()
        .withNewPodSelector()
        .withMatchLabels(Map.of(IngressPeers.GATEWAY_NAME, Routes.GATEWAY))
        .endPodSelector()
        .withPolicyTypes("Ingress", "Egress")
        .addNewIngress()
        .endIngress()
        .withEgress(rules)
        .endSpec()
        .build();
  }

  private static List<HasMetadata> metrics(BlueprintContext context) {
    var names = context.names();
    var namespace = context.spec().networkPolicies().metricsNamespace();
    if (namespace == null) {
      return List.of();
    }
    var peers = peers(List.of(IngressPeers.namespace(namespace)));
    return List.of(
        ingress(
            context,
            names.apiNamespace(),
            API + "-metrics",
            context.selector(API),
            List.of(from(peers, Names.METRICS_PORT))),
        ingress(
            context,
            names.consumerNamespace(),
            CONSUMER + "-metrics",
            context.selector(CONSUMER),
            List.of(from(peers, Names.METRICS_PORT))));
  }

  /** Redis or PostgreSQL: reached by its clients. */
  private static HasMetadata server(BlueprintContext context, String component, int port) {
    var names = context.names();
    var clients = new ArrayList<>(List.of(pods(context, names.apiNamespace(), API)));
    clients.add(pods(context, names.consumerNamespace(), CONSUMER));
    if (context.spec().poll() != null) {
      clients.add(pods(context, names.consumerNamespace(), POLL));
    }
    return ingress(
        context,
        names.dataNamespace(),
        component,
        context.selector(component),
        List.of(from(clients, port)));
  }

  /**
   * From a client to Redis and PostgreSQL: the operator's own, or, for external ones, anywhere. Two
   * policies, so that a change from the one to the other has both until the client's pods of before
   * are gone.
   */
  private static List<HasMetadata> toData(
      BlueprintContext context, String namespace, String component) {
    var data = context.names().dataNamespace();
    var selector = context.selector(component);
    var objects = new ArrayList<HasMetadata>();
    var rules = new ArrayList<NetworkPolicyEgressRule>();
    if (!context.externalPostgres()) {
      rules.add(
          to(List.of(pods(context, data, POSTGRES)), List.of(port("TCP", Names.POSTGRES_PORT))));
    }
    if (!context.externalRedis()) {
      rules.add(to(List.of(pods(context, data, REDIS)), List.of(port("TCP", Names.REDIS_PORT))));
    }
    if (!rules.isEmpty()) {
      objects.add(egress(context, namespace, component + Names.TO_SERVERS, selector, rules));
    }
    if (context.externalPostgres() || context.externalRedis()) {
      // Where an external server listens is in its Secret, which may change.
      var anywhere =
          new NetworkPolicyEgressRuleBuilder()
              .withPorts(new NetworkPolicyPortBuilder().withProtocol("TCP").build())
              .build();
      objects.add(
          egress(context, namespace, component + Names.TO_EXTERNAL, selector, List.of(anywhere)));
    }
    return objects;
  }
}
