package dev.voting.operator.blueprint.network;

import dev.voting.crd.ExposureSpec;
import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Names;
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

  private Routes() {}

  static List<HasMetadata> objects(BlueprintContext subject, List<Exposure.Target> targets) {
    var objects = new ArrayList<HasMetadata>();
    if (ownGateway(subject)) {
      objects.add(gateway(subject));
    }
    targets.forEach(target -> objects.add(route(subject, target)));
    var plain = plainListener(subject);
    if (plain != null) {
      objects.add(redirect(subject, plain));
    }
    return objects;
  }

  /** Whether the operator makes the Gateway. */
  static boolean ownGateway(BlueprintContext subject) {
    var exposure = subject.spec().exposure();
    return exposure.type() == ExposureSpec.Type.Gateway && exposure.gateway().className() != null;
  }

  private static HasMetadata gateway(BlueprintContext subject) {
    var names = subject.names();
    var listeners = new ArrayList<Listener>();
    listeners.add(listener(subject, HTTP, "HTTP", 80).build());
    var tls = subject.spec().exposure().tls();
    if (tls != null) {
      listeners.add(
          listener(subject, HTTPS, "HTTPS", 443)
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
    var metadata = subject.metadata(GATEWAY, names.frontendNamespace(), GATEWAY);
    return new GatewayBuilder()
        .withMetadata(Exposure.annotated(metadata, subject, Map.of()))
        .withNewSpec()
        .withGatewayClassName(subject.spec().exposure().gateway().className())
        .withListeners(listeners)
        .endSpec()
        .build();
  }

  /** Takes routes from the two namespaces that have one, and from no other. */
  private static ListenerBuilder listener(
      BlueprintContext subject, String name, String protocol, int port) {
    var names = subject.names();
    return new ListenerBuilder()
        .withName(name)
        .withHostname(subject.spec().exposure().host())
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

  private static HasMetadata route(BlueprintContext subject, Exposure.Target target) {
    var rule =
        rule(target.path())
            .withFilters(securityHeaders(subject))
            .addNewBackendRef()
            .withGroup("")
            .withKind("Service")
            .withName(target.component())
            .withPort(target.port())
            .withWeight(1)
            .endBackendRef()
            .build();
    return route(
        subject,
        target.component(),
        target.namespace(),
        target.component(),
        parent(subject, listener(subject)),
        rule);
  }

  private static HasMetadata redirect(BlueprintContext subject, String listener) {
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
        subject,
        Names.FRONTEND,
        subject.names().frontendNamespace(),
        "redirect",
        parent(subject, listener),
        rule);
  }

  private static HasMetadata route(
      BlueprintContext subject,
      String component,
      String namespace,
      String name,
      ParentReference parent,
      HTTPRouteRule rule) {
    var metadata = subject.metadata(component, namespace, name);
    return new HTTPRouteBuilder()
        .withMetadata(Exposure.annotated(metadata, subject, Map.of()))
        .withNewSpec()
        .withHostnames(subject.spec().exposure().host())
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

  private static ParentReference parent(BlueprintContext subject, String listener) {
    var gateway = subject.spec().exposure().gateway();
    return new ParentReferenceBuilder()
        .withGroup(GROUP)
        .withKind("Gateway")
        .withName(ownGateway(subject) ? GATEWAY : gateway.name())
        .withNamespace(
            ownGateway(subject) ? subject.names().frontendNamespace() : gateway.namespace())
        .withSectionName(listener)
        .build();
  }

  /** The listener that serves the system; null for all that fit. */
  private static String listener(BlueprintContext subject) {
    var exposure = subject.spec().exposure();
    if (!ownGateway(subject)) {
      return exposure.gateway().sectionName();
    }
    return exposure.tls() == null ? HTTP : HTTPS;
  }

  /** The listener that only redirects to HTTPS; null where there is none. */
  private static String plainListener(BlueprintContext subject) {
    var exposure = subject.spec().exposure();
    if (exposure.tls() == null) {
      return null;
    }
    return ownGateway(subject) ? HTTP : exposure.gateway().httpSectionName();
  }

  /**
   * What the page and the API say themselves, said of errors of the Gateway's data plane too. The
   * policy of content is theirs alone, for it differs.
   */
  private static HTTPRouteFilter securityHeaders(BlueprintContext subject) {
    var headers =
        new ArrayList<>(
            List.of(
                new HTTPHeader("X-Content-Type-Options", "nosniff"),
                new HTTPHeader("X-Frame-Options", "DENY"),
                new HTTPHeader("X-XSS-Protection", "1; mode=block"),
                new HTTPHeader("Referrer-Policy", "strict-origin-when-cross-origin")));
    if (subject.spec().exposure().tls() != null) {
      headers.add(
          new HTTPHeader("Strict-Transport-Security", "max-age=31536000; includeSubDomains"));
    }
    return new HTTPRouteFilterBuilder()
        .withType("ResponseHeaderModifier")
        .withNewResponseHeaderModifier()
        .withSet(headers)
        .endResponseHeaderModifier()
        .build();
  }
}
