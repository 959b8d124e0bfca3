package dev.voting.operator.blueprint;

import dev.voting.crd.VotingApp;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Every object of a VotingApp, in the order in which they are made: a pure function of the
 * VotingApp and its credentials.
 *
 * @param stages each holds objects that do not depend on one another, and depends on those before
 */
public record Blueprint(List<Stage> stages) {

  /**
   * Objects that can be made at the same time.
   *
   * @param name what the stage makes, for people
   * @param objects in a stable order
   */
  public record Stage(String name, List<HasMetadata> objects) {}

  /**
   * How many of the first stages all others need: the namespaces and what must be before the rest.
   */
  public static final int PREREQUISITES = 2;

  public Blueprint {
    stages = List.copyOf(stages);
  }

  /**
   * Draws the blueprint.
   *
   * @param app the VotingApp; without a uid, as when read from a file, nothing gets an owner
   * @param credentials its credentials
   * @param certificates its certificates, if it has TLS inside
   * @param images the images to use where the spec names none
   * @return objects of the caller's own
   */
  public static Blueprint of(
      VotingApp app, Credentials credentials, Certificates certificates, Images images) {
    var subject = new Subject(app, credentials, certificates, images);
    return new Blueprint(
        List.of(
            new Stage("namespaces", Namespaces.objects(subject)),
            new Stage("certificates", Tls.objects(subject)),
            new Stage("credentials", CredentialSecrets.store(subject)),
            new Stage(
                "configuration",
                all(
                    List.of(
                        CredentialSecrets.objects(subject),
                        Postgres.configuration(subject),
                        Redis.configuration(subject),
                        Api.configuration(subject),
                        Consumer.configuration(subject),
                        Frontend.configuration(subject),
                        NetworkPolicies.objects(subject)))),
            new Stage("data", all(List.of(Postgres.objects(subject), Redis.objects(subject)))),
            new Stage(
                "workloads",
                all(
                    List.of(
                        Api.objects(subject),
                        Consumer.objects(subject),
                        Frontend.objects(subject)))),
            new Stage("way in", Exposure.objects(subject))));
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
    return new Blueprint(
        stages.stream()
            .map(
                stage ->
                    new Stage(
                        stage.name(),
                        stage.objects().stream()
                            .flatMap(object -> change.apply(object).stream())
                            .toList()))
            .toList());
  }

  private static List<HasMetadata> all(List<List<HasMetadata>> components) {
    return components.stream().flatMap(List::stream).toList();
  }
}
