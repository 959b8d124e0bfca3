package dev.voting.operator.blueprint;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressTLS;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The way in by Ingress. */
final class Ingresses {

  private static final String NGINX = "nginx.ingress.kubernetes.io/";

  private Ingresses() {}

  static List<HasMetadata> objects(Subject subject, List<Exposure.Target> targets) {
    return targets.stream().map(target -> ingress(subject, target)).toList();
  }

  private static HasMetadata ingress(Subject subject, Exposure.Target target) {
    var exposure = subject.spec().exposure();
    var metadata = subject.metadata(target.component(), target.namespace(), target.component());
    return new IngressBuilder()
        .withMetadata(Exposure.annotated(metadata, subject, nginxAnnotations(subject)))
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
        .withPathType("Prefix")
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

  private static Map<String, String> nginxAnnotations(Subject subject) {
    var exposure = subject.spec().exposure();
    var annotations = new TreeMap<String, String>();
    annotations.put(NGINX + "rate-limit", exposure.rateLimit().perMinute().toString());
    annotations.put(NGINX + "limit-rps", exposure.rateLimit().rps().toString());
    annotations.put(NGINX + "limit-connections", exposure.rateLimit().connections().toString());
    annotations.put(NGINX + "proxy-body-size", exposure.maxBodySize());
    if (exposure.tls() != null) {
      annotations.put(NGINX + "ssl-redirect", "true");
      annotations.put(NGINX + "force-ssl-redirect", "true");
    }
    if (exposure.cors().enabled()) {
      var origins = subject.spec().api().corsOrigins();
      annotations.put(NGINX + "enable-cors", "true");
      annotations.put(
          NGINX + "cors-allow-origin", origins.isEmpty() ? "*" : String.join(", ", origins));
      annotations.put(NGINX + "cors-allow-methods", "GET, POST, OPTIONS");
      annotations.put(
          NGINX + "cors-allow-headers", "Accept, Content-Type, Idempotency-Key, Last-Event-ID");
      annotations.put(NGINX + "cors-expose-headers", "Age, Retry-After, Warning");
      // No cookie is ever set, and with them * would be refused by browsers.
      annotations.put(NGINX + "cors-allow-credentials", "false");
    }
    return annotations;
  }
}
