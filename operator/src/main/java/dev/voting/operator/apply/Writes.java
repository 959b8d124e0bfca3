package dev.voting.operator.apply;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Map;
import java.util.Optional;

/**
 * What a reconciliation writes. The operator's own go into the cluster; those of a preview are
 * tried out and noted.
 */
public interface Writes {

  /** Creates an object, which fails where somebody else was quicker. */
  void create(HasMetadata object);

  /**
   * Applies an object.
   *
   * @param actual as it was seen last
   * @return what the API server made of it; empty where it had to be deleted, to be re-created
   */
  Optional<HasMetadata> apply(HasMetadata desired, Optional<HasMetadata> actual);

  /** Applies an object without taking what others own, so that the refusal names them. */
  HasMetadata applyUnforced(HasMetadata desired);

  /** Merges some fields into an object that exists. */
  void merge(HasMetadata object, Map<String, ?> fields);

  /** Deletes an object. */
  void delete(HasMetadata object, DeletionPropagation dependents);

  /** Deletes an object unless it has changed since it was seen, or its name is another's. */
  void deleteUnchanged(HasMetadata object);

  /** Deletes a StatefulSet, to be re-created with what cannot change in it. */
  void recreate(StatefulSet desired, StatefulSet actual);
}
