package dev.voting.operator.blueprint.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.ExposureSpec;
import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.PodTemplates;
import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.blueprint.network.Reachability.Endpoint;
import dev.voting.operator.blueprint.network.Reachability.Port;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who reaches whom, of all pods and at all ports, is what docs/network.md says, and nothing else.
 */
class NetworkPoliciesTest {

  private static final Path PAGE = Path.of("../docs/network.md");

  private static final List<Port> PORTS =
      Stream.concat(
              Stream.of(22, 53, 80, 443, 5353, 5432, 6379, 8000, 8001, 8080, 8089, 9090, 15012)
                  .map(number -> new Port("TCP", number)),
              Stream.of(53, 443, 5353, 8000, 8080).map(number -> new Port("UDP", number)))
          .toList();

  private static final String POLL =
      "{title: Lunch?, options: [{key: pizza, label: Pizza}, {key: salad, label: Salad}]}";

  /** What a row's last cell may say. */
  private static final Map<String, Predicate<VotingApp>> CONDITIONS =
      Map.of(
          "always",
          app -> true,
          "cert-manager makes the certificate",
          app ->
              app.getSpec().exposure().tls() != null
                  && app.getSpec()
                      .exposure()
                      .annotations()
                      .containsKey("cert-manager.io/cluster-issuer"),
          "a server is external",
          app ->
              app.getSpec().postgres().external() != null
                  || app.getSpec().redis().external() != null,
          "`poll` is set",
          app -> app.getSpec().poll() != null,
          "a server is external, and `poll` is set",
          app ->
              app.getSpec().poll() != null
                  && (app.getSpec().postgres().external() != null
                      || app.getSpec().redis().external() != null),
          "`metricsNamespace` is set",
          app -> app.getSpec().networkPolicies().metricsNamespace() != null,
          "`gateway.className` is set",
          app ->
              app.getSpec().exposure().type() == ExposureSpec.Type.Gateway
                  && app.getSpec().exposure().gateway().className() != null);

  private final List<Endpoint> strangers = new ArrayList<>();

  NetworkPoliciesTest() {
    stranger("ingress-nginx", Map.of("app.kubernetes.io/name", "ingress-nginx"));
    stranger("traefik", Map.of("app.kubernetes.io/name", "traefik"));
    stranger("gateways", Map.of("gateway.networking.k8s.io/gateway-name", "gateway"));
    stranger("envoy-gateway-system", Map.of("app.kubernetes.io/name", "envoy"));
    stranger("monitoring", Map.of("app.kubernetes.io/name", "prometheus"));
    stranger("kube-system", Map.of("k8s-app", "kube-dns"));
    stranger("kube-system", Map.of("k8s-app", "metrics-server"));
    stranger("openshift-dns", Map.of("dns.operator.openshift.io/daemonset-dns", "default"));
    stranger("default", Map.of());
    // Another VotingApp's, and one that pretends to be ours.
    for (var component : List.of("frontend", "api", "consumer", "poll", "postgres", "redis")) {
      var theirs = subject("poll", "{}");
      stranger("poll-" + component, theirs.podLabels(component));
      stranger("mallory", subject("voting", "{}").podLabels(component));
    }
    strangers.add(new Endpoint("the internet", null, Map.of(), Map.of(), "203.0.113.7"));
    strangers.add(new Endpoint("node-local DNS", null, Map.of(), Map.of(), "169.254.20.10"));
    strangers.add(new Endpoint("cloud metadata", null, Map.of(), Map.of(), "169.254.169.254"));
  }

  private void stranger(String namespace, Map<String, String> labels) {
    strangers.add(
        new Endpoint(
            namespace + labels,
            namespace,
            Map.of("kubernetes.io/metadata.name", namespace),
            labels,
            "10.9.0." + (strangers.size() + 1)));
  }

  /** A spec, and the names of the strangers that are its ingress. */
  static Stream<Arguments> specs() {
    return Stream.of(
        Arguments.of("{}", Set.of("ingress-nginx")),
        Arguments.of("{exposure: {className: traefik}}", Set.of("traefik")),
        Arguments.of("{exposure: {type: None}}", Set.of()),
        Arguments.of(
            "{exposure: {type: Gateway, gateway: {name: public, namespace: gateways}}}",
            Set.of("gateways")),
        Arguments.of(
            "{exposure: {type: Gateway, gateway: {className: some}}}", Set.of("own Gateway")),
        Arguments.of(
            "{exposure: {type: Gateway, gateway: {className: eg}, tls: {secretName: t},"
                + " annotations: {cert-manager.io/cluster-issuer: i}}}",
            Set.of("own Gateway", "envoy-gateway-system")),
        Arguments.of(
            "{exposure: {tls: {secretName: t}, annotations: {cert-manager.io/cluster-issuer: i}}}",
            Set.of("ingress-nginx")),
        Arguments.of(
            "{exposure: {type: Gateway, gateway: {className: some}}, networkPolicies: {ingressPeers:"
                + " [{namespaceLabels: {kubernetes.io/metadata.name: kube-system}, podLabels:"
                + " {k8s-app: metrics-server}}]}}",
            Set.of("kube-system{k8s-app=metrics-server}")),
        Arguments.of(
            "{networkPolicies: {metricsNamespace: monitoring, dns: [{namespaceLabels:"
                + " {kubernetes.io/metadata.name: openshift-dns}}], ingressPeers: [{namespaceLabels:"
                + " {kubernetes.io/metadata.name: traefik}}, {namespaceLabels:"
                + " {kubernetes.io/metadata.name: gateways}}]}}",
            Set.of("traefik", "gateways")),
        Arguments.of("{postgres: {external: {secretName: p}}}", Set.of("ingress-nginx")),
        Arguments.of("{redis: {external: {secretName: r}}}", Set.of("ingress-nginx")),
        Arguments.of("{poll: %s}".formatted(POLL), Set.of("ingress-nginx")),
        Arguments.of(
            "{poll: %s, postgres: {external: {secretName: p}}}".formatted(POLL),
            Set.of("ingress-nginx")),
        Arguments.of(
            "{postgres: {external: {secretName: p}}, redis: {external: {secretName: r}},"
                + " exposure: {type: None}}",
            Set.of()));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void policiesAreWhatThePageSays(String spec, Set<String> ingressPeers) {
    var subject = subject("voting", spec);
    var endpoints = new ArrayList<>(ours(subject));
    endpoints.addAll(strangers);
    var reachability = new Reachability(policies(subject));
    var documented = documented(subject, endpoints, ingressPeers);
    var differences = new TreeSet<String>();
    int allowed = 0;
    for (var from : endpoints) {
      for (var to : endpoints) {
        for (var port : PORTS) {
          if (isOurs(from) || isOurs(to)) {
            boolean reaches = reachability.reaches(from, to, port);
            allowed += reaches ? 1 : 0;
            if (reaches != documented.contains(new Arrow(from, to, port))) {
              differences.add(
                  "%s → %s %s is %s, and the page says otherwise"
                      .formatted(from, to, port, reaches ? "allowed" : "denied"));
            }
          }
        }
      }
    }
    assertThat(differences).isEmpty();
    assertThat(allowed).isPositive();
  }

  @Test
  void withoutPoliciesEverybodyReachesEveryPod() {
    var subject = subject("voting", "{networkPolicies: {enabled: false}}");
    assertThat(policies(subject)).isEmpty();
  }

  /** The page's second table. */
  static Stream<Arguments> classes() {
    return rows("`exposure.className`").stream()
        .map(
            row ->
                row.get(0).startsWith("`")
                    ? Arguments.of(plain(row.get(0)), plain(row.get(1)))
                    : Arguments.of("anything", "anything"));
  }

  @ParameterizedTest
  @MethodSource("classes")
  void theControllerOfAnIngressClassIsWhereThePageSays(String className, String namespace) {
    var subject = subject("voting", "{exposure: {className: '%s'}}".formatted(className));
    assertThat(IngressPeers.peers(subject)).containsExactly(IngressPeers.namespace(namespace));
  }

  private record Arrow(Endpoint from, Endpoint to, Port port) {}

  private Set<Arrow> documented(
      BlueprintContext subject, List<Endpoint> endpoints, Set<String> ingressPeers) {
    var roles = new HashMap<Endpoint, Set<String>>();
    endpoints.forEach(endpoint -> roles.put(endpoint, roles(endpoint, subject, ingressPeers)));
    var arrows = new java.util.HashSet<Arrow>();
    for (var row : rows("from")) {
      var condition = CONDITIONS.get(row.get(3));
      assertThat(condition).as("what the page means by " + row.get(3)).isNotNull();
      if (!condition.test(subject.app())) {
        continue;
      }
      for (var from : endpoints) {
        for (var to : endpoints) {
          if (roles.get(from).contains(row.get(0)) && roles.get(to).contains(row.get(1))) {
            PORTS.stream()
                .filter(port -> isAmong(port, row.get(2)))
                .forEach(port -> arrows.add(new Arrow(from, to, port)));
          }
        }
      }
    }
    return arrows;
  }

  private static boolean isAmong(Port port, String ports) {
    return ports.equals("any")
        || ports.equals("any " + port.protocol())
        || Arrays.asList(ports.split(", ")).contains(port.toString());
  }

  /** By which of the page's names an endpoint goes. */
  private Set<String> roles(Endpoint endpoint, BlueprintContext subject, Set<String> ingressPeers) {
    var roles = new TreeSet<String>();
    roles.add(endpoint.name());
    if (isOurs(endpoint)) {
      roles.add("every pod");
      if (endpoint.name().startsWith("ACME solver")) {
        roles.clear();
        roles.add("every pod");
        // A certificate is made beside each Ingress, and beside the operator's own Gateway.
        if (endpoint.name().endsWith("frontend")
            || subject.spec().exposure().type() == ExposureSpec.Type.Ingress) {
          roles.add("ACME solver");
        }
      }
    } else {
      roles.add("outside");
      if (endpoint.namespace() != null) {
        roles.add("other pods");
      }
    }
    if (ingressPeers.stream()
        .anyMatch(name -> endpoint.name().equals(name) || endpoint.name().startsWith(name + "{"))) {
      roles.add("ingress peers");
    }
    var metrics = subject.spec().networkPolicies().metricsNamespace();
    if (metrics != null && metrics.equals(endpoint.namespace())) {
      roles.add("metrics namespace");
    }
    var dns =
        subject.spec().networkPolicies().dns() == null
            ? "kube-system{k8s-app=kube-dns}"
            : "openshift-dns{dns.operator.openshift.io/daemonset-dns=default}";
    if (endpoint.name().equals(dns) || endpoint.name().equals("node-local DNS")) {
      roles.add("DNS");
    }
    return roles;
  }

  /** The pods of our namespaces: those of the blueprint, what others may run there, and a stray. */
  private static List<Endpoint> ours(BlueprintContext subject) {
    var ours = new ArrayList<Endpoint>();
    var namespaces = new HashMap<String, Map<String, String>>();
    Renderings.of(subject.app())
        .objects()
        .filter(Namespace.class::isInstance)
        .forEach(
            object -> {
              var labels = new HashMap<>(object.getMetadata().getLabels());
              labels.put("kubernetes.io/metadata.name", object.getMetadata().getName());
              namespaces.put(object.getMetadata().getName(), labels);
            });
    PodTemplates.of(Renderings.of(subject.app()))
        .forEach(
            pod ->
                add(
                    ours,
                    pod.component(),
                    pod.namespace(),
                    namespaces,
                    pod.template().getMetadata().getLabels()));
    var frontend = subject.names().frontendNamespace();
    var solver = Map.of("acme.cert-manager.io/http01-solver", "true");
    add(ours, "ACME solver in frontend", frontend, namespaces, solver);
    add(ours, "ACME solver in api", subject.names().apiNamespace(), namespaces, solver);
    add(ours, "own Gateway", frontend, namespaces, Map.of(IngressPeers.GATEWAY_NAME, "gateway"));
    subject
        .names()
        .namespaces()
        .forEach(namespace -> add(ours, "stray in " + namespace, namespace, namespaces, Map.of()));
    return ours;
  }

  private static void add(
      List<Endpoint> list,
      String name,
      String namespace,
      Map<String, Map<String, String>> namespaces,
      Map<String, String> labels) {
    list.add(
        new Endpoint(
            name, namespace, namespaces.get(namespace), labels, "10.8.0." + (list.size() + 1)));
  }

  private static boolean isOurs(Endpoint endpoint) {
    return endpoint.address().startsWith("10.8.");
  }

  private static List<NetworkPolicy> policies(BlueprintContext subject) {
    return Renderings.of(subject.app())
        .objects()
        .filter(NetworkPolicy.class::isInstance)
        .map(NetworkPolicy.class::cast)
        .toList();
  }

  private static BlueprintContext subject(String name, String spec) {
    return Renderings.subject(name, spec);
  }

  /** The rows of the page's table whose first heading is this, each a list of its cells. */
  private static List<List<String>> rows(String heading) {
    try (var lines = Files.lines(PAGE)) {
      var rows =
          lines
              .dropWhile(line -> !line.startsWith("| " + heading + " |"))
              .skip(2)
              .takeWhile(line -> line.startsWith("|"))
              .map(
                  line -> Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList())
              .toList();
      assertThat(rows).as("table of " + heading).isNotEmpty();
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String plain(String code) {
    return code.replace("`", "");
  }
}
