package dev.voting.operator.status.diagnosis;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayStatus;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteStatus;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ParentReference;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteParentStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether the exposure by the Gateway API is accepted by whoever serves it, in that controller's
 * words.
 *
 * @param verdict the worst one of all objects
 * @param reason one word for machines
 * @param message for people
 */
public record RouteAcceptance(Verdict verdict, String reason, String message) {

  /** As a condition's status says it; the worst one first. */
  public enum Verdict {
    REFUSED("False"),
    UNREPORTED("Unknown"),
    ACCEPTED("True");

    public final String status;

    Verdict(String status) {
      this.status = status;
    }
  }

  private static final RouteAcceptance WHOLE =
      new RouteAcceptance(Verdict.ACCEPTED, "Accepted", "the Gateway accepts every route");

  /**
   * Reads what the controller of the Gateway reported.
   *
   * @return empty where the exposure is none of the Gateway API's
   */
  public static Optional<RouteAcceptance> of(Blueprint blueprint, ObservedState view) {
    return blueprint
        .objects()
        .filter(object -> object instanceof Gateway || object instanceof HTTPRoute)
        .map(
            wanted ->
                view.find(wanted).map(RouteAcceptance::of).orElseGet(() -> unreported(wanted)))
        .min(Comparator.comparing(RouteAcceptance::verdict))
        .map(worst -> worst.verdict == Verdict.ACCEPTED ? WHOLE : worst);
  }

  private static RouteAcceptance of(HasMetadata object) {
    return switch (object) {
      case Gateway gateway ->
          decide(
              gateway,
              Optional.ofNullable(gateway.getStatus())
                  .map(GatewayStatus::getConditions)
                  .orElse(List.of()),
              List.of("Accepted"),
              "Programmed");
      case HTTPRoute route ->
          decide(
              route,
              Optional.ofNullable(route.getStatus())
                  .map(HTTPRouteStatus::getParents)
                  .orElse(List.of())
                  .stream()
                  .filter(parent -> isAsked(route, parent.getParentRef()))
                  .map(RouteParentStatus::getConditions)
                  .flatMap(List::stream)
                  .toList(),
              List.of("Accepted", "ResolvedRefs"),
              "Accepted");
      default -> throw new IllegalArgumentException(object.getKind());
    };
  }

  /** A parent that the route had before may still be reported. */
  private static boolean isAsked(HTTPRoute route, ParentReference parent) {
    return route.getSpec().getParentRefs().stream()
        .anyMatch(
            asked ->
                asked.getName().equals(parent.getName())
                    && (parent.getNamespace() == null
                        || Objects.equals(asked.getNamespace(), parent.getNamespace())));
  }

  /**
   * Decides by conditions.
   *
   * @param refusing the types of which one that is false is final, until somebody changes something
   * @param whole the type that is true when all is well
   */
  private static RouteAcceptance decide(
      HasMetadata object, List<Condition> conditions, List<String> refusing, String whole) {
    var current = conditions.stream().filter(condition -> isCurrent(object, condition)).toList();
    return current.stream()
        .filter(condition -> refusing.contains(condition.getType()))
        .filter(condition -> condition.getStatus().equals("False"))
        .filter(condition -> !condition.getReason().equals("Pending"))
        .findFirst()
        .map(
            condition ->
                new RouteAcceptance(
                    Verdict.REFUSED,
                    condition.getReason(),
                    "%s is refused by the Gateway's controller, see spec.exposure: %s"
                        .formatted(name(object), condition.getMessage())))
        .or(
            () ->
                current.stream()
                    .filter(condition -> condition.getType().equals(whole))
                    .filter(condition -> condition.getStatus().equals("True"))
                    .findFirst()
                    .map(_ -> WHOLE))
        .orElseGet(() -> unreported(object));
  }

  private static boolean isCurrent(HasMetadata object, Condition condition) {
    return condition.getObservedGeneration() == null
        || object.getMetadata().getGeneration() == null
        || condition.getObservedGeneration() >= object.getMetadata().getGeneration();
  }

  private static RouteAcceptance unreported(HasMetadata object) {
    return new RouteAcceptance(
        Verdict.UNREPORTED,
        "NotReported",
        "no controller has accepted %s yet: the Gateway of spec.exposure.gateway must exist, and its GatewayClass have a controller that runs"
            .formatted(name(object)));
  }

  private static String name(HasMetadata object) {
    return "%s %s/%s"
        .formatted(
            object.getKind(), object.getMetadata().getNamespace(), object.getMetadata().getName());
  }

  /** What needs an admin, if it does. */
  public Optional<Diagnosis> refusal() {
    return verdict == Verdict.REFUSED
        ? Optional.of(new Diagnosis(reason, message, true))
        : Optional.empty();
  }
}
