package dev.voting.operator.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods go, as they do on any cluster. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class PodCases {

  private final NodeSuite suite;
  private final VotingSystem system;

  PodCases(NodeSuite suite) {
    this.suite = suite;
    system = suite.system;
  }

  @ParameterizedTest
  @ValueSource(strings = {"frontend", "api", "consumer", "postgres", "redis"})
  @Order(1)
  void aPodIsDeleted(String component) throws Exception {
    var row = suite.during("a pod of " + component + " is deleted");
    if (component.equals(Names.REDIS)) {
      row.pausesFor(Patience.seconds(5));
    } else {
      row.refusesNone();
    }
    row.run(
        () -> {
          var pod = system.livePods(component).getFirst();
          suite.client.resource(pod).delete();
          system.awaitGone(List.of(pod));
        });
  }

  @Test
  @Order(2)
  void podsAreEvictedAsFarAsTheBudgetsAllow() throws Exception {
    suite
        .during("all pods are evicted that have a budget")
        .refusesNone()
        .run(
            () -> {
              for (var component : List.of(Names.FRONTEND, Names.API)) {
                var pods = system.livePods(component);
                assertThat(pods.stream().filter(this::evict))
                    .as("pods of " + component + " that may go at once")
                    .hasSize(1);
                awaitEvicted(pods, Patience.minutes(3));
              }
            });
  }

  /** Where there is but one node, its pods have nowhere to go until it is uncordoned. */
  @Test
  @Order(3)
  void aNodeIsDrained() throws Exception {
    var busiest =
        system.livePods().stream()
            .collect(Collectors.groupingBy(pod -> pod.getSpec().getNodeName()))
            .entrySet()
            .stream()
            .max((a, b) -> Integer.compare(a.getValue().size(), b.getValue().size()))
            .orElseThrow();
    suite
        .during("a node is drained, and uncordoned")
        .run(
            () -> {
              var node = suite.client.nodes().withName(busiest.getKey());
              node.edit(
                  n -> {
                    n.getSpec().setUnschedulable(true);
                    return n;
                  });
              try {
                tryToEvict(busiest.getKey(), Duration.ofSeconds(30));
              } finally {
                node.edit(
                    n -> {
                      n.getSpec().setUnschedulable(null);
                      return n;
                    });
              }
            });
  }

  private void tryToEvict(String node, Duration time) {
    var end = System.nanoTime() + time.toNanos();
    await()
        .atMost(time.plusSeconds(60))
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              var left =
                  system.livePods().stream()
                      .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                      .toList();
              left.forEach(this::evict);
              return left.isEmpty() || System.nanoTime() >= end;
            });
  }

  /** Goes on as {@code kubectl drain} does, until the budget lets all go. */
  private void awaitEvicted(List<Pod> pods, Duration atMost) {
    await("the eviction of " + pods.stream().map(pod -> pod.getMetadata().getName()).toList())
        .atMost(atMost)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              var left = pods.stream().filter(pod -> !system.isGone(pod)).toList();
              left.stream()
                  .filter(
                      pod ->
                          system.livePods().stream()
                              .anyMatch(
                                  live ->
                                      live.getMetadata()
                                          .getUid()
                                          .equals(pod.getMetadata().getUid())))
                  .forEach(this::evict);
              return left.isEmpty();
            });
  }

  /** Whether the pod may go, asked once. */
  private boolean evict(Pod pod) {
    try (var client = Connections.plain()) {
      return client
          .pods()
          .inNamespace(pod.getMetadata().getNamespace())
          .withName(pod.getMetadata().getName())
          .evict();
    }
  }
}
