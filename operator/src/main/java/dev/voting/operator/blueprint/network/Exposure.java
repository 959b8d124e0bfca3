package dev.voting.operator.blueprint.network;

import static dev.voting.operator.blueprint.Names.API;
import static dev.voting.operator.blueprint.Names.FRONTEND;

import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The exposure. One Ingress or HTTPRoute in each of the two namespaces that serve it, for the same
 * host, because an Ingress cannot route to another namespace; and an Ingress for the stream of
 * results, which wants other annotations.
 */
public final class Exposure {

  /**
   * A part of the system that people reach.
   *
   * @param component whose Service is called so too
   * @param namespace of the Service
   * @param path prefix of what it serves
   * @param port of the Service
   */
  record Target(String component, String namespace, String path, int port) {}

  private Exposure() {}

  public static List<HasMetadata> objects(BlueprintContext context) {
    return switch (context.spec().exposure().type()) {
      case Ingress -> Ingresses.objects(context, targets(context));
      case Gateway -> Routes.objects(context, targets(context));
      case None -> List.of();
    };
  }

  private static List<Target> targets(BlueprintContext context) {
    var names = context.names();
    return List.of(
        new Target(FRONTEND, names.frontendNamespace(), "/", Names.FRONTEND_PORT),
        new Target(API, names.apiNamespace(), "/api", Names.API_PORT));
  }

  /**
   * Where cert-manager is asked, by an annotation, for a certificate: it makes one for each Ingress
   * and one for the operator's own Gateway.
   */
  static List<String> certificateNamespaces(BlueprintContext context) {
    var exposure = context.spec().exposure();
    var names = context.names();
    if (exposure.tls() == null
        || exposure.annotations().keySet().stream()
            .noneMatch(key -> key.startsWith("cert-manager.io/"))) {
      return List.of();
    }
    return switch (exposure.type()) {
      case Ingress -> List.of(names.frontendNamespace(), names.apiNamespace());
      case Gateway -> Routes.ownGateway(context) ? List.of(names.frontendNamespace()) : List.of();
      case None -> List.of();
    };
  }

  /** Metadata with the operator's own annotations, and the user's, which win. */
  static ObjectMeta annotated(
      ObjectMeta metadata, BlueprintContext context, Map<String, String> own) {
    var all = new TreeMap<>(own);
    all.putAll(context.spec().exposure().annotations());
    metadata.setAnnotations(all);
    return metadata;
  }
}
