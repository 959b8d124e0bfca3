package dev.voting.operator.status.diagnosis;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.watch.Refusals;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was last said of pods that are overdue. It is asked for when it is needed, which is seldom:
 * a watch would bring the Events of all pods of the cluster.
 */
public final class PodEvents {

  private static final Logger LOG = LoggerFactory.getLogger(PodEvents.class);

  private final KubernetesClient client;
  private final Clock clock;

  /**
   * @param client may list Events; without that right nothing is known
   */
  public PodEvents(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * The words of the newest Warning for the first pod of each component that is overdue.
   *
   * @return by the pod's uid
   */
  public Map<String, String> look(ObservedState view) {
    var now = clock.instant();
    var overdue =
        view.all(Pod.class).stream()
            .filter(pod -> Deadline.isOver(pod, now))
            .collect(
                Collectors.toMap(
                    pod -> pod.getMetadata().getLabels().getOrDefault(Names.COMPONENT, ""),
                    Function.identity(),
                    BinaryOperator.minBy(
                        Comparator.comparing(pod -> pod.getMetadata().getName()))));
    var words = new HashMap<String, String>();
    overdue
        .values()
        .forEach(pod -> last(pod).ifPresent(said -> words.put(pod.getMetadata().getUid(), said)));
    return words;
  }

  private Optional<String> last(Pod pod) {
    try {
      return client
          .v1()
          .events()
          .inNamespace(pod.getMetadata().getNamespace())
          .withField("involvedObject.uid", pod.getMetadata().getUid())
          .withField("type", "Warning")
          .list()
          .getItems()
          .stream()
          .max(Comparator.comparing(Refusals::at))
          .map(event -> event.getReason() + ": " + Refusals.words(event));
    } catch (KubernetesClientException e) {
      LOG.warn(
          "cannot read the events of pod {}: {}", pod.getMetadata().getName(), Finding.said(e));
      return Optional.empty();
    }
  }
}
