package dev.voting.local.ingress;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceBackendPort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The rules of all Ingresses and HTTPRoutes, matched against a request. */
final class Rules {
  private static final String BODY_SIZE = "nginx.ingress.kubernetes.io/proxy-body-size";

  /** The default of ingress-nginx. */
  private static final long DEFAULT_BODY_BYTES = 1024 * 1024;

  private static final Pattern SIZE = Pattern.compile("(\\d+)([kKmMgG]?)");

  /** The names of this machine for its own browser. */
  private static final Set<String> LOCAL =
      Set.of("localhost", "127.0.0.1", "[::1]", "host.docker.internal");

  private static final Comparator<HasMetadata> OLDEST_FIRST =
      Comparator.comparing(
              (HasMetadata object) ->
                  Optional.ofNullable(object.getMetadata().getCreationTimestamp()).orElse(""))
          .thenComparing(object -> object.getMetadata().getNamespace())
          .thenComparing(object -> object.getMetadata().getName());

  private final List<Rule> rules;
  private final Optional<String> localHost;

  private Rules(List<Rule> rules, Optional<String> localHost) {
    this.rules = rules;
    this.localHost = localHost;
  }

  static Rules of(List<Ingress> ingresses, List<HTTPRoute> routes) {
    List<Rule> rules = new ArrayList<>();
    Stream.concat(ingresses.stream(), routes.stream())
        .sorted(OLDEST_FIRST)
        .forEach(
            object -> {
              switch (object) {
                case Ingress ingress -> add(ingress, rules);
                case HTTPRoute route -> HttpRoutes.add(route, rules);
                default -> throw new IllegalArgumentException(object.getKind());
              }
            });
    Optional<String> first =
        rules.stream().map(Rule::host).filter(host -> !host.isEmpty()).findFirst();
    return new Rules(List.copyOf(rules), first);
  }

  /**
   * The rule for a request: the longest path wins, an exact one before a prefix.
   *
   * @param hostAndPort the Host header; a name of this machine stands for the host of the oldest
   *     Ingress or HTTPRoute
   * @param path the request's path, without its query
   */
  Optional<Rule> find(String hostAndPort, String path) {
    String given = hostAndPort.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
    String host = LOCAL.contains(given) ? localHost.orElse(given) : given;
    return rules.stream()
        .filter(rule -> rule.matchesHost(host) && rule.matchesPath(path))
        .max(
            Comparator.comparingInt((Rule rule) -> rule.path().length())
                .thenComparing(Rule::exact)
                .thenComparing(rule -> !rule.host().isEmpty()));
  }

  private static void add(Ingress ingress, List<Rule> rules) {
    long bodyBytes =
        Optional.ofNullable(ingress.getMetadata().getAnnotations())
            .map(annotations -> annotations.get(BODY_SIZE))
            .map(Rules::bytes)
            .orElse(DEFAULT_BODY_BYTES);
    for (IngressRule rule : Optional.ofNullable(ingress.getSpec().getRules()).orElse(List.of())) {
      List<HTTPIngressPath> paths = rule.getHttp() == null ? List.of() : rule.getHttp().getPaths();
      for (HTTPIngressPath path : paths) {
        if (path.getBackend().getService() == null) {
          continue;
        }
        rules.add(
            new Rule(
                ingress.getMetadata().getNamespace(),
                Optional.ofNullable(rule.getHost()).orElse(""),
                Optional.ofNullable(path.getPath()).orElse("/"),
                "Exact".equals(path.getPathType()),
                path.getBackend().getService().getName(),
                port(path.getBackend().getService().getPort()),
                bodyBytes,
                Map.of()));
      }
    }
  }

  private static String port(ServiceBackendPort port) {
    return port.getNumber() != null ? port.getNumber().toString() : port.getName();
  }

  /** An nginx size such as 1m; 0 means that there is no limit. */
  private static long bytes(String size) {
    Matcher matcher = SIZE.matcher(size.trim());
    if (!matcher.matches()) {
      return DEFAULT_BODY_BYTES;
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
      case "k" -> number << 10;
      case "m" -> number << 20;
      case "g" -> number << 30;
      default -> number;
    };
  }
}
