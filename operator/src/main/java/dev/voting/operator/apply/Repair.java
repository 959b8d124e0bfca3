package dev.voting.operator.apply;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Finding;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Optional;

/**
 * Fixes objects that an apply cannot, because of what somebody else has set in them: an apply
 * merges lists by key and leaves entries of others alone, also where one of them makes the whole
 * invalid. See ADR 17.
 */
public final class Repair {

  private static final PatchContext REPLACING_LISTS =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON_MERGE)
          .withFieldManager(Names.OPERATOR)
          .build();

  private static final PatchContext REPLACING_LISTS_DRY_RUN =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON_MERGE)
          .withFieldManager(Names.OPERATOR)
          .withDryRun(List.of("All"))
          .build();

  private final KubernetesClient client;

  public Repair(KubernetesClient client) {
    this.client = client;
  }

  /** Whether a refusal may be the fault of what somebody else set in an object. */
  public static boolean mayFix(HasMetadata desired, KubernetesClientException refusal) {
    return refusal.getCode() == 422
        && Finding.policy(refusal).isEmpty()
        // With these go data; what somebody does to them is theirs to undo.
        && !(desired instanceof Namespace
            || desired instanceof PersistentVolumeClaim
            || desired instanceof Secret);
  }

  /**
   * Takes out of an object what is in the way: elements of others in the lists that the operator
   * fills, and where that does not help, the whole object, to be made again.
   *
   * @param actual as it was seen last
   * @param refusal what an apply was answered
   * @return the object as it is now, to be applied; empty once it is deleted
   * @throws KubernetesClientException the refusal, when it is no fault of the object's present form
   */
  Optional<HasMetadata> fix(
      HasMetadata desired, HasMetadata actual, KubernetesClientException refusal) {
    try {
      return Optional.of(client.resource(desired).patch(REPLACING_LISTS, content(desired)));
    } catch (KubernetesClientException e) {
      // Where it would not be taken if it were not there yet, a deletion would be for good.
      if (e.getCode() != 422 || asNew(desired).isEmpty()) {
        throw refusal;
      }
    }
    client.resource(actual).withPropagationPolicy(propagation(desired, actual)).delete();
    return Optional.empty();
  }

  /**
   * What an object would be once it is fixed, and changes nothing.
   *
   * @param refusal what a trial of the apply was answered
   * @throws KubernetesClientException the refusal, when it is no fault of the object's present form
   */
  public HasMetadata preview(HasMetadata desired, KubernetesClientException refusal) {
    try {
      return client.resource(desired).patch(REPLACING_LISTS_DRY_RUN, content(desired));
    } catch (KubernetesClientException e) {
      if (e.getCode() != 422) {
        throw refusal;
      }
      return asNew(desired).orElseThrow(() -> refusal);
    }
  }

  /**
   * Gives up the ownership that the fix left beside that of the apply, as it would keep fields that
   * the operator no longer applies.
   */
  HasMetadata disown(HasMetadata applied) {
    var managers = applied.getMetadata().getManagedFields();
    for (int i = 0; i < managers.size(); i++) {
      var manager = managers.get(i);
      if (Names.OPERATOR.equals(manager.getManager())
          && "Update".equals(manager.getOperation())
          && manager.getSubresource() == null) {
        return client
            .resource(applied)
            .patch(
                PatchContext.of(PatchType.JSON),
                ("[{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\",\"value\":\"%s\"},"
                        + "{\"op\":\"remove\",\"path\":\"/metadata/managedFields/%d\"}]")
                    .formatted(applied.getMetadata().getResourceVersion(), i));
      }
    }
    return applied;
  }

  /** All but the metadata: as a merge patch, it replaces lists and leaves other fields alone. */
  private String content(HasMetadata desired) {
    var serialization = client.getKubernetesSerialization();
    var content = serialization.convertValue(desired, ObjectNode.class);
    content.remove(List.of("metadata", "status"));
    return serialization.asJson(content);
  }

  /** The object as it would be if it were not there yet; empty when that is refused as well. */
  private Optional<HasMetadata> asNew(HasMetadata desired) {
    var name = desired.getMetadata().getName();
    var trial = client.getKubernetesSerialization().clone(desired);
    trial.getMetadata().setName(name + "-trial");
    try {
      var created = client.resource(trial).dryRun().create();
      created.getMetadata().setName(name);
      return Optional.of(created);
    } catch (KubernetesClientException e) {
      return Optional.empty();
    }
  }

  /** Pods stay, if what is made again will take them up. */
  private static DeletionPropagation propagation(HasMetadata desired, HasMetadata actual) {
    var takenUp =
        switch (desired) {
          case Deployment wanted ->
              actual instanceof Deployment found
                  && wanted.getSpec().getSelector().equals(found.getSpec().getSelector());
          case StatefulSet wanted ->
              actual instanceof StatefulSet found
                  && wanted.getSpec().getSelector().equals(found.getSpec().getSelector());
          default -> false;
        };
    return takenUp ? DeletionPropagation.ORPHAN : DeletionPropagation.BACKGROUND;
  }
}
