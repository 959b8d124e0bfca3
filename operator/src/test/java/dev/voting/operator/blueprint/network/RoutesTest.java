package dev.voting.operator.blueprint.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.PodTemplates;
import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.blueprint.page.Page;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPHeader;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exposure: who is attached to what, what is redirected, and what the API limits. */
class RoutesTest {

  private static final String NAMED =
      "{exposure: {type: Gateway, gateway: {name: public, namespace: gateways%s}%s}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "''                                              | ''        | -     | -",
        "', sectionName: s'                              | ''        | s     | -",
        "', sectionName: s'                              | ', tls: {}' | s   | -",
        "', sectionName: s, httpSectionName: h'          | ', tls: {}' | s   | h"
      })
  void routesAttachToTheListenersThatAreNamed(
      String sections, String tls, String listener, String plain) {
    var routes = routes(NAMED.formatted(sections, tls));
    assertThat(routes).hasSize(plain == null ? 2 : 3);
    for (var route : routes) {
      var parent = route.getSpec().getParentRefs().getFirst();
      assertThat(parent.getNamespace()).isEqualTo("gateways");
      assertThat(parent.getName()).isEqualTo("public");
      assertThat(parent.getSectionName()).isEqualTo(isRedirect(route) ? plain : listener);
    }
    assertThat(routes.stream().filter(RoutesTest::isRedirect)).hasSize(plain == null ? 0 : 1);
  }

  @Test
  void theOwnGatewayRedirectsToHttpsAndTakesNobodyElsesRoutes() {
    var spec = "{exposure: {type: Gateway, gateway: {className: c}, tls: {secretName: t}}}";
    var gateway = all(spec, Gateway.class).getFirst();
    assertThat(gateway.getMetadata().getNamespace()).isEqualTo("voting-frontend");
    assertThat(gateway.getSpec().getListeners())
        .allSatisfy(
            listener ->
                assertThat(
                        listener
                            .getAllowedRoutes()
                            .getNamespaces()
                            .getSelector()
                            .getMatchExpressions()
                            .getFirst()
                            .getValues())
                    .containsExactly("voting-api", "voting-frontend"))
        .extracting(listener -> listener.getName() + listener.getPort())
        .containsExactly("http80", "https443");
    assertThat(routes(spec))
        .extracting(
            route ->
                route.getMetadata().getName()
                    + " "
                    + route.getSpec().getParentRefs().getFirst().getSectionName())
        .containsExactly("frontend https", "api https", "redirect http");
    assertThat(routes("{exposure: {type: Gateway, gateway: {className: c}}}"))
        .noneMatch(RoutesTest::isRedirect);
  }

  /** As the page sends them, so that nobody reads two things. */
  @Test
  void theHeadersAreThoseOfThePage() {
    for (var route : routes(NAMED.formatted("", ""))) {
      assertThat(headers(route))
          .hasSize(4)
          .allSatisfy((name, value) -> assertThat(Page.HEADERS).containsEntry(name, value));
    }
    for (var route : routes(NAMED.formatted("", ", tls: {}"))) {
      assertThat(headers(route)).containsKey("Strict-Transport-Security").hasSize(5);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "{exposure: {type: Gateway, gateway: {className: c}}} | 10 | 50",
        "{exposure: {type: Gateway, gateway: {className: c}, rateLimit: {rps: 3}}} | 3 | 15",
        "{exposure: {type: Gateway, gateway: {className: c}}, api: {rateLimit: {requestsPerSecond:"
            + " 7}}} | 7 | 7",
        // The ingress controller limits.
        "{} | - | -",
        "{api: {rateLimit: {requestsPerSecond: 7, burst: 9}}} | 7 | 9",
        // Nobody is trusted to name clients.
        "{exposure: {type: Gateway, gateway: {className: c}}, networkPolicies: {enabled: false}} | -"
            + " | -"
      })
  void theApiLimitsWhatAGatewayCannot(String spec, String perSecond, String burst) {
    var env = environment(spec);
    assertThat(env.get("RATE_LIMIT_REQUESTS_PER_SECOND")).isEqualTo(perSecond);
    assertThat(env.get("RATE_LIMIT_BURST")).isEqualTo(burst);
    assertThat(env.containsKey("TRUSTED_HOPS"))
        .isEqualTo(!spec.contains("networkPolicies: {enabled: false}"));
  }

  private static Map<String, String> environment(String spec) {
    return PodTemplates.of(Renderings.of("voting", spec))
        .filter(pod -> pod.component().equals(Names.API))
        .flatMap(pod -> pod.template().getSpec().getContainers().getFirst().getEnv().stream())
        .filter(variable -> variable.getValue() != null)
        .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "{} | 1 | -",
        "{exposure: {trustedHops: 3}} | 3 | -",
        "{exposure: {trustedHops: 0}} | - | -",
        "{exposure: {trustedProxies: [10.1.0.0/16, 'fd00::7']}} | - | 10.1.0.0/16,fd00::7",
        // Anybody may reach the API, or somebody of whom nothing is known.
        "{networkPolicies: {enabled: false}} | - | -",
        "{exposure: {type: None}} | - | -",
        "{exposure: {trustedHops: 2}, networkPolicies: {enabled: false}} | 2 | -"
      })
  void theApiBelievesTheIngressAndWhomTheSpecNames(String spec, String hops, String proxies) {
    var env = environment(spec);
    assertThat(env.get("TRUSTED_HOPS")).isEqualTo(hops);
    assertThat(env.get("TRUSTED_PROXIES")).isEqualTo(proxies);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "{} | -",
        "{api: {corsOrigins: ['https://a.example']}} | https://a.example",
        "{api: {corsOrigins: ['*']}} | *",
        "{api: {corsOrigins: ['*']}, exposure: {cors: {enabled: false}}} | -"
      })
  void otherSitesPagesMayCallTheApiOnlyWhereItIsAskedFor(String spec, String origins) {
    var nginx = "nginx.ingress.kubernetes.io/";
    assertThat(all(spec, Ingress.class))
        .hasSize(3)
        .allSatisfy(
            ingress -> {
              var annotations = ingress.getMetadata().getAnnotations();
              assertThat(annotations.get(nginx + "cors-allow-origin")).isEqualTo(origins);
              assertThat(annotations.containsKey(nginx + "enable-cors")).isEqualTo(origins != null);
            });
  }

  @Test
  void ingressesRedirectOnlyWithTlsAndTheUsersAnnotationsWin() {
    var nginx = "nginx.ingress.kubernetes.io/";
    assertThat(all("{}", Ingress.class))
        .hasSize(3)
        .allSatisfy(
            ingress ->
                assertThat(ingress.getMetadata().getAnnotations())
                    .containsEntry(nginx + "rate-limit", "100")
                    .containsEntry(nginx + "limit-rpm", "100")
                    .containsEntry(nginx + "limit-rps", "10")
                    .containsEntry(nginx + "proxy-body-size", "1m")
                    .doesNotContainKey(nginx + "force-ssl-redirect"));
    assertThat(
            all(
                "{exposure: {tls: {secretName: t}, annotations: {%slimit-rps: '3'}}}"
                    .formatted(nginx),
                Ingress.class))
        .allSatisfy(
            ingress ->
                assertThat(ingress.getMetadata().getAnnotations())
                    .containsEntry(nginx + "limit-rps", "3")
                    .containsEntry(nginx + "ssl-redirect", "true")
                    .containsEntry(nginx + "force-ssl-redirect", "true"));
  }

  @Test
  void theStreamCountsAgainstNobodysConnections() {
    var nginx = "nginx.ingress.kubernetes.io/";
    var ingresses =
        all(
            "{exposure: {tls: {secretName: t}, annotations: {cert-manager.io/issuer: i, own: o}}}",
            Ingress.class);
    var byPath =
        ingresses.stream()
            .collect(
                Collectors.toMap(
                    ingress ->
                        ingress
                            .getSpec()
                            .getRules()
                            .getFirst()
                            .getHttp()
                            .getPaths()
                            .getFirst()
                            .getPath(),
                    Function.identity()));
    assertThat(byPath).containsOnlyKeys("/", "/api", "/api/results/stream");
    for (var path : List.of("/", "/api")) {
      assertThat(byPath.get(path).getMetadata().getAnnotations())
          .containsEntry(nginx + "limit-connections", "20")
          .containsEntry("cert-manager.io/issuer", "i")
          .doesNotContainKey(nginx + "proxy-buffering");
    }
    var stream = byPath.get("/api/results/stream");
    assertThat(stream.getMetadata().getNamespace()).isEqualTo("voting-api");
    assertThat(stream.getMetadata().getAnnotations())
        .containsEntry(nginx + "proxy-buffering", "off")
        .containsEntry(nginx + "proxy-read-timeout", "3600")
        .containsEntry("own", "o")
        .doesNotContainKeys(nginx + "limit-connections", "cert-manager.io/issuer");
    assertThat(stream.getSpec().getTls()).isEqualTo(byPath.get("/api").getSpec().getTls());
    assertThat(stream.getSpec().getRules().getFirst().getHttp().getPaths().getFirst())
        .satisfies(
            path -> {
              assertThat(path.getPathType()).isEqualTo("Exact");
              assertThat(path.getBackend().getService().getName()).isEqualTo("api");
            });
  }

  private static boolean isRedirect(HTTPRoute route) {
    return route.getSpec().getRules().stream()
        .flatMap(rule -> rule.getFilters().stream())
        .anyMatch(
            filter ->
                filter.getRequestRedirect() != null
                    && filter.getRequestRedirect().getScheme().equals("https"));
  }

  private static Map<String, String> headers(HTTPRoute route) {
    return route.getSpec().getRules().getFirst().getFilters().stream()
        .flatMap(filter -> filter.getResponseHeaderModifier().getSet().stream())
        .collect(Collectors.toMap(HTTPHeader::getName, HTTPHeader::getValue));
  }

  private static List<HTTPRoute> routes(String spec) {
    return all(spec, HTTPRoute.class);
  }

  private static <T extends HasMetadata> List<T> all(String spec, Class<T> kind) {
    return Renderings.of("voting", spec)
        .objects()
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }
}
