package dev.voting.operator.steps;

import dev.voting.operator.apply.NamespaceGuard;
import dev.voting.operator.blueprint.Stage;
import java.time.Duration;
import java.util.Optional;

/** Takes the namespaces, unless one of them is somebody else's. */
public record TakeNamespaces(NamespaceGuard guard, ApplyObjects apply) implements Step {

  /** No event comes when somebody else's namespace goes, as it has no label to watch it by. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  @Override
  public Plan run(Plan plan) {
    var wanted = plan.blueprint().only(Stage.Name.NAMESPACES).objects().toList();
    var obstacles = guard.take(plan.app(), wanted, plan.observed());
    return obstacles.isEmpty()
        ? plan.fail(apply.stage(plan, Stage.Name.NAMESPACES))
        : plan.block(obstacles).lookAgain(Optional.of(LOOK_AGAIN)).stop();
  }
}
