package dev.voting.operator.reconcile;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/** Applies a blueprint, stage by stage, the objects of a stage in parallel. */
final class Applier {

  private static final PatchContext SERVER_SIDE_APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(Names.OPERATOR)
          .withForce(true)
          .build();

  /** The same, tried out: the API server answers what would come of it. */
  static final PatchContext DRY_RUN =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(Names.OPERATOR)
          .withForce(true)
          .withDryRun(List.of("All"))
          .build();

  private final KubernetesClient client;
  private final ExecutorService parallel;
  private final Ledger ledger;

  Applier(KubernetesClient client, ExecutorService parallel, Ledger ledger) {
    this.client = client;
    this.parallel = parallel;
    this.ledger = ledger;
  }

  /**
   * Applies what is not as it should be.
   *
   * @return what went wrong; empty when everything was applied. A stage that failed keeps the next
   *     ones from being tried only if it is required.
   */
  List<Problem> apply(String app, Blueprint blueprint, View view) {
    var problems = new ArrayList<Problem>();
    for (var stage : blueprint.stages()) {
      var refused = apply(app, stage, view);
      problems.addAll(refused);
      if (!refused.isEmpty() && stage.required()) {
        break;
      }
    }
    return problems;
  }

  private List<Problem> apply(String app, Blueprint.Stage stage, View view) {
    var requests = stage.objects().stream().filter(object -> !holds(app, object, view)).toList();
    return Parallel.map(parallel, requests, object -> apply(app, object)).stream()
        .flatMap(Optional::stream)
        .toList();
  }

  private boolean holds(String app, HasMetadata desired, View view) {
    return view.find(ObjectKey.of(desired))
        .filter(actual -> ledger.holds(app, desired, actual))
        .isPresent();
  }

  private Optional<Problem> apply(String app, HasMetadata desired) {
    try {
      ledger.record(app, desired, client.resource(desired).patch(SERVER_SIDE_APPLY));
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(Problem.refused(ObjectKey.of(desired), e));
    }
  }
}
