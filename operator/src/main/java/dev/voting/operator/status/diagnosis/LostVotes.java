package dev.voting.operator.status.diagnosis;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.status.text.TerminationMessage;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How many entries somebody deleted from the stream before they were counted. The consumer notes
 * that in Redis, and the container beside Redis ends with it as its termination message whenever it
 * changes.
 */
public final class LostVotes {

  /** The condition, which is there only while there are such votes. */
  public static final String TYPE = "VotesLost";

  public static final String REASON = "EntriesDeleted";

  private static final Pattern WORDS = Pattern.compile("(?m)^votes lost: (\\d{1,18})$");

  private LostVotes() {}

  /** As Redis' pod reported last; empty where it reported none. */
  public static Optional<Long> of(ObservedState view) {
    return view.all(Pod.class).stream()
        .filter(LostVotes::isOfRedis)
        .flatMap(LostVotes::words)
        .map(WORDS::matcher)
        .flatMap(words -> words.results().map(found -> Long.valueOf(found.group(1))))
        .findFirst()
        .filter(votes -> votes > 0);
  }

  /** What an admin reads. */
  public static String message(long votes) {
    return ("%d entries were deleted from the stream before the consumer had counted them: its log has"
            + " their ids; somebody with a login of Redis did that. Delete the key {votes}:lost of"
            + " Redis when you have looked into it")
        .formatted(votes);
  }

  private static boolean isOfRedis(Pod pod) {
    return Names.REDIS.equals(
        Optional.ofNullable(pod.getMetadata().getLabels()).orElse(Map.of()).get(Names.COMPONENT));
  }

  private static Stream<String> words(Pod pod) {
    return TerminationMessage.statuses(pod)
        .filter(status -> Names.RELOAD.equals(status.getName()))
        .flatMap(TerminationMessage::ends)
        .map(ContainerStateTerminated::getMessage)
        .filter(Objects::nonNull);
  }
}
