package dev.voting.operator.blueprint;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Every object of a VotingApp, in the order in which they are made: a pure function of the
 * VotingApp and its credentials.
 *
 * @param stages each depends on those before it
 */
public record Blueprint(List<Stage> stages) {

  /** A blueprint of nothing. */
  public static final Blueprint EMPTY = new Blueprint(List.of());

  public Blueprint {
    stages = List.copyOf(stages);
  }

  /**
   * All objects.
   *
   * @return in the order in which they are made
   */
  public Stream<HasMetadata> objects() {
    return stages.stream().flatMap(stage -> stage.objects().stream());
  }

  /**
   * The same blueprint with other objects, or with fewer.
   *
   * @param change what to hold in an object's place; empty leaves it out
   * @return a blueprint of the same stages
   */
  public Blueprint map(Function<HasMetadata, Optional<HasMetadata>> change) {
    return new Blueprint(stages.stream().map(stage -> stage.map(change)).toList());
  }

  /** A blueprint of one stage of this one. */
  public Blueprint only(Stage.Name name) {
    return new Blueprint(stages.stream().filter(stage -> stage.name() == name).toList());
  }

  /** The stages that need all the required ones. */
  public Blueprint dependent() {
    return new Blueprint(stages.stream().filter(stage -> !stage.required()).toList());
  }
}
