package dev.voting.operator.cluster;

import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the pod of a poll's Job reports as it ends: whether the poll was declared, and which one is
 * in force then.
 *
 * @param problem what breaks a promise of the round, with its field; empty when it was declared
 * @param round the round in force
 * @param revision how often that was declared in other words
 * @param opensAt when it opens, if that is said
 * @param closesAt when it closes, likewise
 * @param isFinal whether it is over, with all votes counted
 */
public record PollReport(
    Optional<String> problem,
    String round,
    int revision,
    Optional<String> opensAt,
    Optional<String> closesAt,
    boolean isFinal) {

  /** As the program writes it. */
  private static final Pattern WORDS =
      Pattern.compile(
          "(?m)^poll (?:declared|refused: (?<problem>.+)); in force: round (?<round>[a-z0-9-]{1,40}),"
              + " revision (?<revision>[0-9]{1,9}), opens (?<opens>[^,]+), closes (?<closes>[^,]+),"
              + " final (?<final>yes|no)\\s*$");

  /** Stands for a time that is not given. */
  private static final String NONE = "-";

  /**
   * Reads what the newest pod of a Job says.
   *
   * @param wanted the Job as it should be
   * @return empty while none has reported
   */
  public static Optional<PollReport> of(Job wanted, ObservedState view) {
    return view.find(wanted).stream()
        .flatMap(
            job ->
                view.all(Pod.class).stream()
                    .filter(
                        pod ->
                            pod.getMetadata().getOwnerReferences().stream()
                                .anyMatch(
                                    owner -> owner.getUid().equals(job.getMetadata().getUid()))))
        .sorted(
            Comparator.comparing((Pod pod) -> pod.getMetadata().getCreationTimestamp()).reversed())
        .flatMap(PollReport::words)
        .flatMap(words -> of(words).stream())
        .findFirst();
  }

  /**
   * Reads what a pod says.
   *
   * @param words its termination message
   * @return empty when it is something else
   */
  static Optional<PollReport> of(String words) {
    var match = WORDS.matcher(words);
    return match.find() ? Optional.of(of(match)) : Optional.empty();
  }

  private static PollReport of(Matcher match) {
    return new PollReport(
        Optional.ofNullable(match.group("problem")),
        match.group("round"),
        Integer.parseInt(match.group("revision")),
        time(match.group("opens")),
        time(match.group("closes")),
        match.group("final").equals("yes"));
  }

  private static Optional<String> time(String given) {
    return Optional.of(given).filter(Predicate.not(NONE::equals));
  }

  private static Stream<String> words(Pod pod) {
    return Optional.ofNullable(pod.getStatus()).stream()
        .flatMap(status -> status.getContainerStatuses().stream())
        .filter(status -> Names.POLL.equals(status.getName()))
        .flatMap(PollReport::ends)
        .flatMap(end -> Optional.ofNullable(end.getMessage()).stream());
  }

  private static Stream<ContainerStateTerminated> ends(ContainerStatus status) {
    return Stream.of(
            Optional.ofNullable(status.getState()), Optional.ofNullable(status.getLastState()))
        .flatMap(state -> state.map(ContainerState::getTerminated).stream());
  }
}
