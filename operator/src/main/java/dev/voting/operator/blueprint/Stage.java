package dev.voting.operator.blueprint;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Objects of a blueprint that can be made at the same time.
 *
 * @param name what the stage makes
 * @param objects in a stable order
 */
public record Stage(Name name, List<HasMetadata> objects) {

  /** The stages, in the order in which they are made. */
  public enum Name {
    NAMESPACES(true),
    AUTHORITY(true),
    CERTIFICATES(true),
    CREDENTIALS(true),
    CONFIGURATION(false),
    DATA(false),
    WORKLOADS(false),
    EXPOSURE(false);

    private final boolean required;

    Name(boolean required) {
      this.required = required;
    }
  }

  public Stage {
    objects = List.copyOf(objects);
  }

  /** Whether no later stage may be made while this one cannot. */
  public boolean required() {
    return name.required;
  }

  public Stage map(Function<HasMetadata, Optional<HasMetadata>> change) {
    return new Stage(
        name, objects.stream().flatMap(object -> change.apply(object).stream()).toList());
  }
}
