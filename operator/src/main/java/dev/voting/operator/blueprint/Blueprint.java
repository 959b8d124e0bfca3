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
   * @param required whether no later stage may be made while this one cannot
   * @param objects in a stable order
   */
  public record Stage(String name, boolean required, List<HasMetadata> objects) {

    static Stage required(String name, List<HasMetadata> objects) {
      return new Stage(name, true, objects);
    }

    static Stage of(String name, List<HasMetadata> objects) {
      return new Stage(name, false, objects);
    }

    private Stage map(Function<HasMetadata, Optional<HasMetadata>> change) {
      return new Stage(
          name,
          required,
          objects.stream().flatMap(object -> change.apply(object).stream()).toList());
    }
  }

  /** The required stages, in their order. */
  public static final String NAMESPACES = "namespaces";

  public static final String AUTHORITY = "authority";
  public static final String CERTIFICATES = "certificates";
  public static final String CREDENTIALS = "credentials";

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
            Stage.required(NAMESPACES, Namespaces.objects(subject)),
            Stage.required(AUTHORITY, Tls.authority(subject)),
            Stage.required(CERTIFICATES, Tls.objects(subject)),
            Stage.required(CREDENTIALS, CredentialSecrets.store(subject)),
            Stage.of(
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
            Stage.of("data", all(List.of(Postgres.objects(subject), Redis.objects(subject)))),
            Stage.of(
                "workloads",
                all(
                    List.of(
                        Api.objects(subject),
                        Consumer.objects(subject),
                        Frontend.objects(subject)))),
            Stage.of("way in", Exposure.objects(subject))));
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

  /**
   * One stage.
   *
   * @param name such as {@link #CREDENTIALS}
   */
  public Stage stage(String name) {
    return stages.stream().filter(stage -> stage.name().equals(name)).findFirst().orElseThrow();
  }

  /**
   * The stages that can be made while one of the required ones cannot.
   *
   * @param name of that required stage
   * @return a blueprint of those before it
   */
  public Blueprint before(String name) {
    return new Blueprint(stages.stream().takeWhile(stage -> !stage.name().equals(name)).toList());
  }

  /** The stages that need all the required ones. */
  public Blueprint dependent() {
    return new Blueprint(stages.stream().filter(stage -> !stage.required()).toList());
  }

  private static List<HasMetadata> all(List<List<HasMetadata>> components) {
    return components.stream().flatMap(List::stream).toList();
  }
}
