package dev.voting.local.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesTest {
  private final Rules rules =
      Rules.of(
          List.of(
              ingress("b", "2", "other.local", "/", "Prefix", "other", Map.of()),
              ingress("a", "1", "voting.local", "/", "Prefix", "page", Map.of()),
              ingress("a", "1", "voting.local", "/api", "Prefix", "api", Map.of()),
              ingress("a", "1", "voting.local", "/api/exact", "Exact", "exact", Map.of()),
              ingress("c", "3", "*.wild.local", "/", "Prefix", "wild", Map.of())),
          List.of());

  @ParameterizedTest
  @CsvSource({
    "voting.local, /, page",
    "VOTING.local:8080, /, page",
    "voting.local, /api, api",
    "voting.local, /api/, api",
    "voting.local, /api/vote, api",
    "voting.local, /apiary, page",
    "voting.local, /api/exact, exact",
    "voting.local, /api/exact/more, api",
    "localhost:8080, /api/vote, api",
    "127.0.0.1, /, page",
    "[::1]:8080, /, page",
    "other.local, /api, other",
    "a.wild.local, /, wild"
  })
  void takesTheLongestPathOfTheHost(String host, String path, String service) {
    assertThat(rules.find(host, path)).map(Rule::service).contains(service);
  }

  @ParameterizedTest
  @CsvSource({"unknown.local, /", "a.b.wild.local, /", "wild.local, /"})
  void knowsNoOtherHost(String host, String path) {
    assertThat(rules.find(host, path)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1m, 1048576", "8k, 8192", "100, 100", "0, 0", "1G, 1073741824"})
  void readsTheBodySize(String size, long bytes) {
    Rules sized =
        Rules.of(
            List.of(
                ingress(
                    "a",
                    "1",
                    "voting.local",
                    "/",
                    "Prefix",
                    "page",
                    Map.of("nginx.ingress.kubernetes.io/proxy-body-size", size))),
            List.of());
    assertThat(sized.find("voting.local", "/")).map(Rule::maxBodyBytes).contains(bytes);
  }

  @Test
  void aRuleWithoutHostTakesAll() {
    Rules any =
        Rules.of(List.of(ingress("a", "1", null, "/", "Prefix", "page", Map.of())), List.of());
    assertThat(any.find("whatever.example", "/x")).map(Rule::service).contains("page");
    assertThat(any.find("localhost", "/x")).map(Rule::service).contains("page");
  }

  /** What exposure.type: Gateway makes, the redirect included. */
  @Test
  void takesHttpRoutesToo() {
    Rules routed =
        Rules.of(
            List.of(ingress("a", "2", "voting.local", "/", "Prefix", "younger", Map.of())),
            List.of(
                route("frontend", "/", BACKEND),
                route("api", "/api", BACKEND),
                route(
                    "redirect",
                    "/",
                    "filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]")));
    assertThat(routed.find("gate.local", "/")).map(Rule::service).contains("frontend");
    assertThat(routed.find("gate.local", "/api/vote")).map(Rule::service).contains("api");
    assertThat(routed.find("gate.local", "/apiary")).map(Rule::service).contains("frontend");
    assertThat(routed.find("localhost:8080", "/api/vote")).map(Rule::service).contains("api");
    assertThat(routed.find("other.local", "/")).isEmpty();
    assertThat(routed.find("gate.local", "/"))
        .get()
        .satisfies(
            rule -> {
              assertThat(rule.namespace()).isEqualTo("a");
              assertThat(rule.port()).isEqualTo("80");
              assertThat(rule.headers()).containsEntry("x-frame-options", "DENY");
              assertThat(rule.maxBodyBytes()).isZero();
            });
  }

  private static final String BACKEND =
      "backendRefs: [{kind: Service, name: NAME, port: 80}], filters: [{type:"
          + " ResponseHeaderModifier, responseHeaderModifier: {set: [{name: X-Frame-Options,"
          + " value: DENY}]}}]";

  private static HTTPRoute route(String name, String path, String rest) {
    return Serialization.unmarshal(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {namespace: a, name: %s, creationTimestamp: "2026-01-01T00:00:00Z"}
        spec:
          hostnames: [gate.local]
          rules: [{matches: [{path: {type: PathPrefix, value: %s}}], %s}]
        """
            .formatted(name, path, rest.replace("NAME", name)),
        HTTPRoute.class);
  }

  private static Ingress ingress(
      String namespace,
      String created,
      String host,
      String path,
      String type,
      String service,
      Map<String, String> annotations) {
    return new IngressBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(service)
        .withCreationTimestamp("2026-01-0" + created + "T00:00:00Z")
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .addNewRule()
        .withHost(host)
        .withNewHttp()
        .addNewPath()
        .withPath(path)
        .withPathType(type)
        .withNewBackend()
        .withNewService()
        .withName(service)
        .withNewPort()
        .withNumber(80)
        .endPort()
        .endService()
        .endBackend()
        .endPath()
        .endHttp()
        .endRule()
        .endSpec()
        .build();
  }
}
