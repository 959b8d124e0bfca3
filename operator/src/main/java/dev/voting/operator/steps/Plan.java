package dev.voting.operator.steps;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.blueprint.components.BlueprintRenderer;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.secrets.CredentialStore.Resolution.Found;
import dev.voting.operator.status.ConsumerPast;
import dev.voting.operator.status.RotationReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be done for one VotingApp, as far as the steps of its reconciliation have come.
 *
 * @param app the VotingApp
 * @param observed what is
 * @param wanted what should be
 * @param applicable what of it can be applied now
 * @param refused what could not be applied, and so takes nothing's place
 * @param isOver whether no further step can be made
 * @param notes what the steps have to say
 */
public record Plan(
    VotingApp app,
    ObservedState observed,
    Wanted wanted,
    Blueprint applicable,
    Set<ObjectKey> refused,
    boolean isOver,
    Notes notes) {

  /**
   * What should be.
   *
   * @param credentials those in force
   * @param unstored credentials that are to be stored before they are in force
   * @param certificates those in force
   * @param blueprint rendered with them
   */
  record Wanted(
      Credentials credentials,
      Optional<Found> unstored,
      Certificates certificates,
      Blueprint blueprint) {}

  /** The plan before the first step. */
  public static Plan of(VotingApp app, ObservedState observed) {
    return new Plan(app, observed, null, Blueprint.EMPTY, Set.of(), false, Notes.NONE)
        .with(new Credentials.Provided(Map.of()), Optional.empty(), new Certificates.None());
  }

  private Plan with(Credentials credentials, Optional<Found> unstored, Certificates certificates) {
    var blueprint = BlueprintRenderer.render(app, credentials, certificates, Images.CURRENT);
    var rendered = new Wanted(credentials, unstored, certificates, blueprint);
    return new Plan(app, observed, rendered, blueprint, refused, isOver, notes);
  }

  private Plan with(Notes others) {
    return new Plan(app, observed, wanted, applicable, refused, isOver, others);
  }

  /** What should be. */
  public Blueprint blueprint() {
    return wanted.blueprint();
  }

  Credentials credentials() {
    return wanted.credentials();
  }

  /** The plan with other credentials in force. */
  Plan withCredentials(Credentials others) {
    return with(others, wanted.unstored(), wanted.certificates());
  }

  /** The plan with credentials that are to be stored before they are in force. */
  Plan withUnstored(Found found) {
    return with(found.credentials(), Optional.of(found), wanted.certificates());
  }

  /** The plan with other certificates in force. */
  Plan withCertificates(Certificates others) {
    return with(wanted.credentials(), wanted.unstored(), others);
  }

  /** The plan by which something else can be applied now. */
  public Plan withApplicable(Blueprint other) {
    return new Plan(app, observed, wanted, other, refused, isOver, notes);
  }

  /** The plan once it is applied. */
  Plan withApplied(ObservedState newest, Set<ObjectKey> others) {
    return new Plan(app, newest, wanted, applicable, others, isOver, notes);
  }

  /** The plan of which no further step can be made. */
  public Plan stop() {
    return new Plan(app, observed, wanted, applicable, refused, true, notes);
  }

  /** Notes what a retry may correct. */
  public Plan fail(List<Finding> failures) {
    return with(notes.withFailures(failures));
  }

  /** Notes what waits for somebody else. */
  public Plan block(List<Finding> obstacles) {
    return with(notes.withObstacles(obstacles));
  }

  /** Notes in how long to look again. */
  public Plan lookAgain(Optional<Duration> in) {
    return in.map(notes::withWait).map(this::with).orElse(this);
  }

  /** Notes what became of the consumer's last Job. */
  public Plan withConsumer(ConsumerPast past) {
    return with(notes.withConsumer(past));
  }

  Plan withRotation(Optional<RotationReport> report) {
    return with(notes.withRotation(report));
  }

  /** Notes why pods cannot be made, and what was last said of those that are overdue. */
  public Plan withPods(Map<String, String> refusals, Map<String, String> podEvents) {
    return with(notes.withPods(refusals, podEvents));
  }
}
