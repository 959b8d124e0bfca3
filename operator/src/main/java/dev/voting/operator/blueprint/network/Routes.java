package dev.voting.operator.blueprint.network;

import dev.voting.crd.ExposureSpec;
import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.page.Page;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPHeader;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteFilter;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteFilterBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteRule;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteRuleBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Listener;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ListenerBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ParentReference;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ParentReferenceBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Exposure by the Gateway API: routes to a Gateway that exists, or to one of the operator's own.
 * What the API's CRDs would fill in stands here too, so that nothing of it is the server's to set.
 */
final class Routes {

  /** The operator's own Gateway, in the namespace of the page. */
  static final String GATEWAY = "gateway";

  private static final String GROUP = "gateway.networking.k8s.io";
  private static final String HTTP = "http";
  private static final String HTTPS = "https";

  /** Those of the page that the API sets too; the Content-Security-Policy differs. */
  private static final List<String> SHARED_HEADERS =
      List.of("X-Content-Type-Options", "X-Frame-Options", "X-XSS-Protection", "Referrer-Policy");

  private Routes() {}

  static List<HasMetadata> objects(BlueprintContext context, List<Exposure.Target> targets) {
    var objects = new ArrayList<HasMetadata>();
    if (ownGateway(context)) {
      objects.add(gateway(context));
    }
    targets.forEach(target -> objects.add(route(context, target)));
    var plain = plainListener(context);
    if (plain != null) {
      objects.add(redirect(context, plain));
    }
    return objects;
  }

  /** Whether the operator makes the Gateway. */
  static boolean ownGateway(BlueprintContext context) {
    var exposure = context.spec().exposure();
    return exposure.type() == ExposureSpec.Type.Gateway && exposure.gateway().className() != null;
  }

  private static HasMetadata gateway(BlueprintContext context) {
    var names = context.names();
    var listeners = new ArrayList<Listener>();
    listeners.add(listener(context, HTTP, "HTTP", 80).build());
    var tls = context.spec().exposure().tls();
    if (tls != null) {
      listeners.add(
          listener(context, HTTPS, "HTTPS", 443)
              .withNewTls()
              .withMode("Terminate")
              .addNewCertificateRef()
              .withGroup("")
              .withKind("Secret")
              .withName(tls.secretName())
              .endCertificateRef()
              .endTls()
              .build());
    }
    var metadata = context.metadata(GATEWAY, names.frontendNamespace(), GATEWAY);
    return new GatewayBuilder()
        .withMetadata(Exposure.annotated(metadata, context, Map.of()))
        .withNewSpec()
        .withGatewayClassName(context.spec().exposure().gateway().className())
        .withListeners(listeners)
        .endSpec()
        .build();
  }

  /** Takes routes from the two namespaces that have one, and from no other. */
  private static ListenerBuilder listener(
      BlueprintContext context, String name, String protocol, int port) {
    var names = context.names();
    return new ListenerBuilder()
        .withName(name)
        .withHostname(context.spec().exposure().host())
        .withProtocol(protocol)
        .withPort(port)
        .withNewAllowedRoutes()
        .withNewNamespaces()
        .withFrom("Selector")
        .withNewSelector()
        .addNewMatchExpression()
        .withKey(Names.NAMESPACE_NAME)
        .withOperator("In")
        .withValues(names.apiNamespace(), names.frontendNamespace())
        .endMatchExpression()
        .endSelector()
        .endNamespaces()
        .endAllowedRoutes();
  }

  private static HasMetadata route(BlueprintContext context, Exposure.Target target) {
    var rule =
        rule(target.path())
            .withFilters(securityHeaders(context))
            .addNewBackendRef()
            .withGroup("")
            .withKind("Service")
            .withName(target.component())
            .withPort(target.port())
            .withWeight(1)
            .endBackendRef()
            .build();
    return route(
        context,
        target.component(),
        target.namespace(),
        target.component(),
        parent(context, listener(context)),
        rule);
  }

  private static HasMetadata redirect(BlueprintContext context, String listener) {
    var rule =
        rule("/")
            .addNewFilter()
            .withType("RequestRedirect")
            .withNewRequestRedirect()
            .withScheme(HTTPS)
            .withStatusCode(301)
            .endRequestRedirect()
            .endFilter()
            .build();
    return route(
        context,
        Names.FRONTEND,
        context.names().frontendNamespace(),
        "redirect",
        parent(context, listener),
        rule);
  }

  private static HasMetadata route(
      BlueprintContext context,
      String component,
      String namespace,
      String name,
      ParentReference parent,
      HTTPRouteRule rule) {
    var metadata = context.metadata(component, namespace, name);
    return new HTTPRouteBuilder()
        .withMetadata(Exposure.annotated(metadata, context, Map.of()))
        .withNewSpec()
        .withHostnames(context.spec().exposure().host())
        .withParentRefs(parent)
        .withRules(rule)
        .endSpec()
        .build();
  }

  private static HTTPRouteRuleBuilder rule(String path) {
    return new HTTPRouteRuleBuilder()
        .addNewMatch()
        .withNewPath()
        .withType("PathPrefix")
        .withValue(path)
        .endPath()
        .endMatch();
  }

  private static ParentReference parent(BlueprintContext context, String listener) {
    var gateway = context.spec().exposure().gateway();
    return new ParentReferenceBuilder()
        .withGroup(GROUP)
        .withKind("Gateway")
        .withName(ownGateway(context) ? GATEWAY : gateway.name())
        .withNamespace(
            ownGateway(context) ? context.names().frontendNamespace() : gateway.namespace())
        .withSectionName(listener)
        .build();
  }

  /** The listener that serves the system; null for all that fit. */
  private static String listener(BlueprintContext context) {
    var exposure = context.spec().exposure();
    if (!ownGateway(context)) {
      return exposure.gateway().sectionName();
    }
    return exposure.tls() == null ? HTTP : HTTPS;
  }

  /** The listener that only redirects to HTTPS; null where there is none. */
  private static String plainListener(BlueprintContext context) {
    var exposure = context.spec().exposure();
    if (exposure.tls() == null) {
      return null;
    }
    return ownGateway(context) ? HTTP : exposure.gateway().httpSectionName();
  }

  /**
   * The page and the API set these themselves; the errors of the Gateway's data plane have them
   * too.
   */
  private static HTTPRouteFilter securityHeaders(BlueprintContext context) {
    var headers =
        SHARED_HEADERS.stream()
            .map(name -> new HTTPHeader(name, Page.HEADERS.get(name)))
            .collect(Collectors.toCollection(ArrayList::new));
    if (context.spec().exposure().tls() != null) {
      headers.add(new HTTPHeader("Strict-Transport-Security", Page.STRICT_TRANSPORT_SECURITY));
    }
    return new HTTPRouteFilterBuilder()
        .withType("ResponseHeaderModifier")
        .withNewResponseHeaderModifier()
        .withSet(headers)
        .endResponseHeaderModifier()
        .build();
  }
}
