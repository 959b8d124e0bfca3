package dev.voting.operator.steps.consumer;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.Ownership;
import dev.voting.operator.status.text.TerminationMessage;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the watches reported of Jobs and their pods. Kubernetes deletes the pods of a Job that
 * failed, and a Job whose time to live is over, so they may be gone by the time that one looks.
 */
public final class JobHistory {

  private static final String JOB_NAME = "batch.kubernetes.io/job-name";

  private final Clock clock;
  private final Map<ObjectKey, JobEnd> ends = new ConcurrentHashMap<>();
  private final Map<ObjectKey, String> words = new ConcurrentHashMap<>();

  public JobHistory(Clock clock) {
    this.clock = clock;
  }

  /** Notes what an object shows, if it is the consumer's Job or a pod of it. */
  public void saw(HasMetadata object) {
    if (!Ownership.isOf(Names.CONSUMER, object)) {
      return;
    }
    switch (object) {
      case Job job ->
          JobEnd.of(job, clock.instant()).ifPresent(end -> ends.put(ObjectKey.of(job), end));
      case Pod pod ->
          jobOf(pod)
              .ifPresent(job -> TerminationMessage.of(pod).ifPresent(said -> words.put(job, said)));
      default -> {
        // Says nothing about Jobs.
      }
    }
  }

  /** Notes an end that the Job itself does not report. */
  public void ended(ObjectKey job, JobEnd end) {
    ends.put(job, end);
  }

  /** How the last Job of a name that ended did so. */
  Optional<JobEnd> end(ObjectKey job) {
    return Optional.ofNullable(ends.get(job));
  }

  /** What the last pod that ended of a Job said. */
  Optional<String> words(ObjectKey job) {
    return Optional.ofNullable(words.get(job));
  }

  /** Forgets all of a namespace but one Job. */
  public void retain(ObjectKey job) {
    for (var keys : List.of(ends.keySet(), words.keySet())) {
      keys.removeIf(key -> key.namespace().equals(job.namespace()) && !key.equals(job));
    }
  }

  /** Forgets all but some namespaces. */
  public void retainNamespaces(Set<String> namespaces) {
    for (var keys : List.of(ends.keySet(), words.keySet())) {
      keys.removeIf(key -> !namespaces.contains(key.namespace()));
    }
  }

  private static Optional<ObjectKey> jobOf(Pod pod) {
    return Optional.ofNullable(pod.getMetadata().getLabels())
        .map(labels -> labels.get(JOB_NAME))
        .map(name -> new ObjectKey("Job", pod.getMetadata().getNamespace(), name));
  }
}
