package dev.voting.operator.blueprint;

import static dev.voting.operator.blueprint.Names.API;
import static dev.voting.operator.blueprint.Names.FRONTEND;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressTLS;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The way in. One Ingress or HTTPRoute in each of the two namespaces that serve it, for the same
 * host, because an Ingress cannot route to another namespace.
 */
final class Exposure {

  private static final String NGINX = "nginx.ingress.kubernetes.io/";

  private Exposure() {}

  static List<HasMetadata> objects(Subject subject) {
    var names = subject.names();
    return switch (subject.spec().exposure().type()) {
      case Ingress ->
          List.of(
              ingress(subject, FRONTEND, names.frontendNamespace(), "/", Names.FRONTEND_PORT),
              ingress(subject, API, names.apiNamespace(), "/api", Names.API_PORT));
      case Gateway ->
          List.of(
              route(subject, FRONTEND, names.frontendNamespace(), "/", Names.FRONTEND_PORT),
              route(subject, API, names.apiNamespace(), "/api", Names.API_PORT));
      case None -> List.of();
    };
  }

  private static HasMetadata ingress(
      Subject subject, String component, String namespace, String path, int port) {
    var exposure = subject.spec().exposure();
    return new IngressBuilder()
        .withMetadata(annotated(subject, component, namespace, nginxAnnotations(subject)))
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
        .withPath(path)
        .withPathType("Prefix")
        .withNewBackend()
        .withNewService()
        .withName(component)
        .withNewPort()
        .withNumber(port)
        .endPort()
        .endService()
        .endBackend()
        .endPath()
        .endHttp()
        .endRule()
        .endSpec()
        .build();
  }

  private static HasMetadata route(
      Subject subject, String component, String namespace, String path, int port) {
    var exposure = subject.spec().exposure();
    var gateway = exposure.gateway();
    return new HTTPRouteBuilder()
        .withMetadata(annotated(subject, component, namespace, Map.of()))
        .withNewSpec()
        .withHostnames(exposure.host())
        .addNewParentRef()
        .withGroup("gateway.networking.k8s.io")
        .withKind("Gateway")
        .withName(gateway.name())
        .withNamespace(gateway.namespace())
        .withSectionName(gateway.sectionName())
        .endParentRef()
        .addNewRule()
        .addNewMatch()
        .withNewPath()
        .withType("PathPrefix")
        .withValue(path)
        .endPath()
        .endMatch()
        .addNewBackendRef()
        .withGroup("")
        .withKind("Service")
        .withName(component)
        .withPort(port)
        .withWeight(1)
        .endBackendRef()
        .endRule()
        .endSpec()
        .build();
  }

  private static ObjectMeta annotated(
      Subject subject, String component, String namespace, Map<String, String> annotations) {
    var metadata = subject.metadata(component, namespace, component);
    var all = new TreeMap<>(annotations);
    all.putAll(subject.spec().exposure().annotations());
    metadata.setAnnotations(all);
    return metadata;
  }

  private static Map<String, String> nginxAnnotations(Subject subject) {
    var exposure = subject.spec().exposure();
    var annotations = new TreeMap<String, String>();
    annotations.put(NGINX + "rate-limit", exposure.rateLimit().perMinute().toString());
    annotations.put(NGINX + "limit-rps", exposure.rateLimit().rps().toString());
    annotations.put(NGINX + "limit-connections", exposure.rateLimit().connections().toString());
    annotations.put(NGINX + "proxy-body-size", exposure.maxBodySize());
    if (exposure.cors().enabled()) {
      var origins = subject.spec().api().corsOrigins();
      annotations.put(NGINX + "enable-cors", "true");
      annotations.put(
          NGINX + "cors-allow-origin", origins.isEmpty() ? "*" : String.join(", ", origins));
      annotations.put(NGINX + "cors-allow-methods", "GET, POST, OPTIONS");
    }
    return annotations;
  }
}
