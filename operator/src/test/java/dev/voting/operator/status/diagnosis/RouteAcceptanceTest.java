package dev.voting.operator.status.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.status.diagnosis.RouteAcceptance.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ParentReferenceBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What controllers of Gateways report, as they do. */
class RouteAcceptanceTest {

  private final Blueprint blueprint =
      Renderings.of("voting", "{exposure: {type: Gateway, gateway: {className: some}}}");

  @Test
  void thereIsNoneWithoutTheGatewayApi() {
    assertThat(RouteAcceptance.of(Renderings.of("voting", "{}"), new ObservedState(List.of())))
        .isEmpty();
  }

  @Test
  void nothingIsReportedAtFirst() {
    assertThat(verdict(objects(), 1)).isEqualTo(Verdict.UNREPORTED);
    assertThat(RouteAcceptance.of(blueprint, new ObservedState(List.of())).orElseThrow().verdict())
        .isEqualTo(Verdict.UNREPORTED);
  }

  @Test
  void allMustBeTaken() {
    var objects = objects();
    assertThat(verdict(with(objects, "Gateway", "Programmed", "True", "Programmed", 1), 1))
        .isEqualTo(Verdict.UNREPORTED);
    assertThat(
            verdict(
                with(
                    with(objects, "Gateway", "Programmed", "True", "Programmed", 1),
                    "HTTPRoute",
                    "Accepted",
                    "True",
                    "Accepted",
                    1),
                1))
        .isEqualTo(Verdict.ACCEPTED);
  }

  @Test
  void oneRefusalIsEnough() {
    var refused = with(objects(), "HTTPRoute", "ResolvedRefs", "False", "BackendNotFound", 1);
    var acceptance = RouteAcceptance.of(blueprint, new ObservedState(refused)).orElseThrow();
    assertThat(acceptance.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(acceptance.reason()).isEqualTo("BackendNotFound");
    assertThat(acceptance.refusal().orElseThrow().serious()).isTrue();
  }

  @Test
  void aGatewayThatIsBeingSetUpIsNoRefusal() {
    assertThat(verdict(with(objects(), "Gateway", "Accepted", "False", "Pending", 1), 1))
        .isEqualTo(Verdict.UNREPORTED);
    assertThat(
            verdict(with(objects(), "Gateway", "Programmed", "False", "AddressNotAssigned", 1), 1))
        .isEqualTo(Verdict.UNREPORTED);
  }

  @Test
  void whatIsReportedOfAnOlderSpecDoesNotCount() {
    var refused = with(objects(), "HTTPRoute", "Accepted", "False", "NotAllowedByListeners", 1);
    assertThat(verdict(refused, 2)).isEqualTo(Verdict.UNREPORTED);
  }

  @Test
  void whatAnotherParentSaysDoesNotCount() {
    var refused = with(objects(), "HTTPRoute", "Accepted", "False", "NoMatchingParent", 1);
    for (var object : refused) {
      if (object instanceof HTTPRoute route) {
        route
            .getStatus()
            .getParents()
            .getFirst()
            .setParentRef(new ParentReferenceBuilder().withName("the one before").build());
      }
    }
    assertThat(verdict(refused, 1)).isEqualTo(Verdict.UNREPORTED);
  }

  private Verdict verdict(List<HasMetadata> objects, long generation) {
    objects.forEach(object -> object.getMetadata().setGeneration(generation));
    return RouteAcceptance.of(blueprint, new ObservedState(objects)).orElseThrow().verdict();
  }

  private List<HasMetadata> objects() {
    return blueprint.objects().filter(o -> o instanceof Gateway || o instanceof HTTPRoute).toList();
  }

  /** The same objects, with a condition in the status of those of a kind. */
  private static List<HasMetadata> with(
      List<HasMetadata> objects,
      String kind,
      String type,
      String status,
      String reason,
      long generation) {
    var condition =
        new ConditionBuilder()
            .withType(type)
            .withStatus(status)
            .withReason(reason)
            .withMessage("")
            .withObservedGeneration(generation)
            .build();
    var reported = new ArrayList<HasMetadata>();
    for (var object : objects) {
      reported.add(object.getKind().equals(kind) ? report(object, condition) : object);
    }
    return reported;
  }

  private static HasMetadata report(HasMetadata object, Condition condition) {
    return switch (object) {
      case Gateway gateway ->
          new GatewayBuilder(gateway).withNewStatus().withConditions(condition).endStatus().build();
      case HTTPRoute route ->
          new HTTPRouteBuilder(route)
              .withNewStatus()
              .addNewParent()
              .withParentRef(route.getSpec().getParentRefs().getFirst())
              .withConditions(condition)
              .endParent()
              .endStatus()
              .build();
      default -> throw new IllegalArgumentException(object.getKind());
    };
  }
}
