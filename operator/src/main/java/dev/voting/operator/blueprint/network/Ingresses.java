package dev.voting.operator.blueprint.network;

import static dev.voting.operator.blueprint.Names.API;

import dev.voting.crd.PollSpec;
import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressTLS;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Exposure by Ingress. */
final class Ingresses {

  private static final String NGINX = "nginx.ingress.kubernetes.io/";

  private static final String CERT_MANAGER = "cert-manager.io/";
  private static final String STREAM = "/api/results/stream";

  /** Seconds that a stream may stay silent, which speaks every 15 seconds. */
  private static final String STREAM_TIMEOUT = "3600";

  private Ingresses() {}

  static List<HasMetadata> objects(BlueprintContext context, List<Exposure.Target> targets) {
    return Stream.concat(
            targets.stream().map(target -> ingress(context, target)), Stream.of(stream(context)))
        .toList();
  }

  private static HasMetadata ingress(BlueprintContext context, Exposure.Target target) {
    var metadata = context.metadata(target.component(), target.namespace(), target.component());
    var annotations = nginxAnnotations(context);
    annotations.put(
        NGINX + "limit-connections",
        context.spec().exposure().rateLimit().connections().toString());
    return ingress(context, target, "Prefix", Exposure.annotated(metadata, context, annotations));
  }

  /**
   * The stream of results apart from the rest: each viewer holds a connection for as long as the
   * page is open, which must not count against the votes of others behind the same address.
   */
  private static HasMetadata stream(BlueprintContext context) {
    var target = new Exposure.Target(API, context.names().apiNamespace(), STREAM, Names.API_PORT);
    var annotations = nginxAnnotations(context);
    annotations.put(NGINX + "proxy-buffering", "off");
    annotations.put(NGINX + "proxy-read-timeout", STREAM_TIMEOUT);
    annotations.put(NGINX + "proxy-send-timeout", STREAM_TIMEOUT);
    var metadata =
        Exposure.annotated(
            context.metadata(API, target.namespace(), "api-stream"), context, annotations);
    // The certificate is asked for by the Ingress beside it, and two of one name would be at odds.
    metadata.getAnnotations().keySet().removeIf(key -> key.startsWith(CERT_MANAGER));
    return ingress(context, target, "Exact", metadata);
  }

  private static HasMetadata ingress(
      BlueprintContext context, Exposure.Target target, String pathType, ObjectMeta metadata) {
    var exposure = context.spec().exposure();
    return new IngressBuilder()
        .withMetadata(metadata)
        .withNewSpec()
        .withIngressClassName(exposure.className())
        .withTls(
            exposure.tls() == null
                ? List.of()
                : List.of(new IngressTLS(List.of(exposure.host()), exposure.tls().secretName())))
        .addNewRule()
        .withHost(exposure.host())
        .withNewHttp()
        .addNewPath()
        .withPath(target.path())
        .withPathType(pathType)
        .withNewBackend()
        .withNewService()
        .withName(target.component())
        .withNewPort()
        .withNumber(target.port())
        .endPort()
        .endService()
        .endBackend()
        .endPath()
        .endHttp()
        .endRule()
        .endSpec()
        .build();
  }

  private static TreeMap<String, String> nginxAnnotations(BlueprintContext context) {
    var exposure = context.spec().exposure();
    var annotations = new TreeMap<String, String>();
    // The specification's name, which ingress-nginx does not know, and its own.
    annotations.put(NGINX + "rate-limit", exposure.rateLimit().perMinute().toString());
    annotations.put(NGINX + "limit-rpm", exposure.rateLimit().perMinute().toString());
    annotations.put(NGINX + "limit-rps", exposure.rateLimit().rps().toString());
    annotations.put(NGINX + "proxy-body-size", exposure.maxBodySize());
    if (exposure.tls() != null) {
      annotations.put(NGINX + "ssl-redirect", "true");
      annotations.put(NGINX + "force-ssl-redirect", "true");
    }
    var origins = context.spec().api().corsOrigins();
    // The page is of the same origin, and needs none of it.
    if (exposure.cors().enabled() && !origins.isEmpty()) {
      annotations.put(NGINX + "enable-cors", "true");
      annotations.put(NGINX + "cors-allow-origin", String.join(", ", origins));
      annotations.put(NGINX + "cors-allow-methods", "GET, POST, OPTIONS");
      var poll = Optional.ofNullable(context.spec().poll());
      annotations.put(
          NGINX + "cors-allow-headers",
          "Accept, Content-Type, Idempotency-Key, Last-Event-ID"
              + poll.map(_ -> ", Ballot-Token, Poll-Round").orElse(""));
      annotations.put(
          NGINX + "cors-expose-headers",
          "Age, Retry-After, Warning" + poll.map(_ -> ", Poll-Round").orElse(""));
      // A ballot per browser is the one cookie that is ever set; with it browsers would refuse *.
      annotations.put(
          NGINX + "cors-allow-credentials",
          Boolean.toString(
              poll.filter(found -> found.ballots().per() == PollSpec.Per.Browser).isPresent()
                  && !origins.contains("*")));
    }
    return annotations;
  }
}
