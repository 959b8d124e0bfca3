package dev.voting.operator.blueprint.network;

import static dev.voting.operator.blueprint.Names.NAMESPACE_NAME;

import dev.voting.crd.PeerSpec;
import dev.voting.operator.blueprint.BlueprintContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where the pods of the ingress controller or the Gateway run, as far as a name shows; the spec can
 * always say it.
 */
final class IngressPeers {

  /** A Gateway's controller puts it on the pods that it runs for the Gateway. */
  static final String GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

  /** Ingress controllers whose usual namespace is not called like their class. */
  private static final Map<String, String> INGRESS_NAMESPACES =
      Map.of(
          "nginx", "ingress-nginx",
          "haproxy", "haproxy-controller",
          "contour", "projectcontour");

  /** Gateway controllers that serve each Gateway from a namespace of their own. */
  private static final Map<String, String> GATEWAY_NAMESPACES =
      Map.of(
          "contour", "projectcontour",
          "eg", "envoy-gateway-system",
          "kong", "kong",
          "traefik", "traefik");

  private IngressPeers() {}

  static List<PeerSpec> peers(BlueprintContext context) {
    var exposure = context.spec().exposure();
    var given = context.spec().networkPolicies().ingressPeers();
    return switch (exposure.type()) {
      case None -> List.of();
      case Ingress ->
          given != null
              ? given
              : List.of(
                  namespace(
                      INGRESS_NAMESPACES.getOrDefault(exposure.className(), exposure.className())));
      case Gateway -> {
        if (given != null) {
          yield given;
        }
        if (!Routes.ownGateway(context)) {
          yield List.of(namespace(exposure.gateway().namespace()));
        }
        var peers = new ArrayList<PeerSpec>();
        peers.add(
            new PeerSpec(
                Map.of(NAMESPACE_NAME, context.names().frontendNamespace()),
                Map.of(GATEWAY_NAME, Routes.GATEWAY)));
        var elsewhere = GATEWAY_NAMESPACES.get(exposure.gateway().className());
        if (elsewhere != null) {
          peers.add(namespace(elsewhere));
        }
        yield peers;
      }
    };
  }

  static PeerSpec namespace(String name) {
    return new PeerSpec(Map.of(NAMESPACE_NAME, name), Map.of());
  }
}
