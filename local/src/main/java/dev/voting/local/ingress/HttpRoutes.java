package dev.voting.local.ingress;

import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPBackendRef;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteFilter;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteMatch;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads HTTPRoutes as if a Gateway accepted them all: hosts, paths, the first Service, and response
 * headers. Redirects to HTTPS are ignored, as this machine has none.
 */
final class HttpRoutes {

  /** A Gateway has no limit of its own; the programs have. */
  private static final long ANY_SIZE = 0;

  private HttpRoutes() {}

  static void add(HTTPRoute route, List<Rule> rules) {
    List<String> hosts = Optional.ofNullable(route.getSpec().getHostnames()).orElse(List.of());
    for (String host : hosts.isEmpty() ? List.of("") : hosts) {
      for (HTTPRouteRule rule : route.getSpec().getRules()) {
        rule.getBackendRefs().stream()
            .filter(backend -> "Service".equals(backend.getKind()))
            .findFirst()
            .ifPresent(backend -> add(route, host, rule, backend, rules));
      }
    }
  }

  private static void add(
      HTTPRoute route, String host, HTTPRouteRule rule, HTTPBackendRef backend, List<Rule> rules) {
    for (HTTPRouteMatch match : rule.getMatches()) {
      rules.add(
          new Rule(
              Optional.ofNullable(backend.getNamespace())
                  .orElse(route.getMetadata().getNamespace()),
              host,
              match.getPath() == null ? "/" : match.getPath().getValue(),
              match.getPath() != null && "Exact".equals(match.getPath().getType()),
              backend.getName(),
              backend.getPort().toString(),
              ANY_SIZE,
              headers(rule.getFilters())));
    }
  }

  private static Map<String, String> headers(List<HTTPRouteFilter> filters) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    filters.stream()
        .filter(filter -> filter.getResponseHeaderModifier() != null)
        .flatMap(filter -> filter.getResponseHeaderModifier().getSet().stream())
        .forEach(header -> headers.put(header.getName(), header.getValue()));
    return headers;
  }
}
