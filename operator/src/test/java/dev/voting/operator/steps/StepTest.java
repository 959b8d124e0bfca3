package dev.voting.operator.steps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObservedState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepTest {

  private final List<String> made = new ArrayList<>();
  private final Plan start =
      Plan.of(Renderings.subject("voting", "{}").app(), new ObservedState(List.of()));

  @Test
  void aFailureIsNotedAndKeepsLaterStepsFromBeingMade() {
    var plan = Step.runAll(List.of(step("one"), failing(), step("two")), start);
    assertThat(made).containsExactly("one");
    assertThat(plan.isOver()).isTrue();
    assertThat(plan.notes().failures())
        .extracting(Finding::reason)
        .containsExactly("InternalError");
  }

  @Test
  void aStepMayHaveLaterOnesMadeAfterItsFailure() {
    var tolerant =
        new Step() {
          @Override
          public Plan run(Plan plan) {
            throw new IllegalStateException("as a test");
          }

          @Override
          public Plan afterFailure(Plan plan) {
            return plan;
          }
        };
    var plan = Step.runAll(List.of(tolerant, step("two")), start);
    assertThat(made).containsExactly("two");
    assertThat(plan.notes().failures()).hasSize(1);
  }

  @Test
  void aStepThatStopsThePlanIsTheLast() {
    var plan = Step.runAll(List.of(Plan::stop, step("two")), start);
    assertThat(made).isEmpty();
    assertThat(plan.notes().failures()).isEmpty();
  }

  private Step step(String name) {
    return plan -> {
      made.add(name);
      return plan;
    };
  }

  private static Step failing() {
    return _ -> {
      throw new IllegalStateException("as a test");
    };
  }
}
