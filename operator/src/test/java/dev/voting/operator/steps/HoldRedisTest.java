package dev.voting.operator.steps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HoldRedisTest {

  private static final String APP = "voting";
  private static final Blueprint PLAIN = Renderings.of(APP, "{}");
  private static final Blueprint TLS = Renderings.of(APP, "{tls: {enabled: true}}");
  private static final String REDIS = "StatefulSet redis";
  private static final String CONFIG = "ConfigMap redis-config";

  private final HandClock clock = new HandClock();
  private final HoldRedis redis = new HoldRedis(clock);

  @Test
  void redisStaysAsItIsUntilAPodThatCanFollowHasStarted() {
    var before = pod("before", PLAIN, true, true);

    assertThat(made(TLS, view(PLAIN, 1, before)))
        .doesNotContain(REDIS, CONFIG)
        .contains("StatefulSet postgres", "Deployment api", "Service redis");
    assertThat(made(TLS, view(PLAIN, 1, before, pod("after", TLS, false, false))))
        .doesNotContain(REDIS, CONFIG);
    assertThat(made(TLS, view(PLAIN, 1, before, pod("after", TLS, true, false))))
        .contains(REDIS, CONFIG);
  }

  @Test
  void redisStaysAsItIsUntilPostgresHasRestarted() {
    var pods = List.of(pod("before", PLAIN, true, true), pod("after", TLS, true, false));

    assertThat(made(TLS, view(PLAIN, 1, pods, postgres(PLAIN, 1))))
        .doesNotContain(REDIS, CONFIG)
        .contains("StatefulSet postgres");
    assertThat(made(TLS, view(PLAIN, 1, pods, postgres(TLS, 0)))).doesNotContain(REDIS, CONFIG);
    assertThat(made(TLS, view(PLAIN, 1, pods, postgres(TLS, 1)))).contains(REDIS, CONFIG);
  }

  @Test
  void redisDoesNotWaitForPostgresOnceTheApiHasFollowed() {
    var after = List.of(pod("after", TLS, true, true));

    assertThat(made(TLS, view(PLAIN, 1, after, postgres(TLS, 0)))).contains(REDIS, CONFIG);
  }

  @Test
  void theWayBackIsTheSame() {
    var before = pod("before", TLS, true, true);

    assertThat(made(PLAIN, view(TLS, 1, before))).doesNotContain(REDIS, CONFIG);
    assertThat(made(PLAIN, view(TLS, 1, before, pod("after", PLAIN, true, false))))
        .contains(REDIS, CONFIG);
  }

  @Test
  void itDoesNotWaitForEver() {
    var view = view(PLAIN, 1, pod("before", PLAIN, true, true));

    assertThat(redis.hold(APP, TLS, view).next()).contains(HoldRedis.LONGEST);
    clock.pass(HoldRedis.LONGEST.minusSeconds(1));
    assertThat(redis.hold(APP, TLS, view).next()).contains(Duration.ofSeconds(1));
    clock.pass(Duration.ofSeconds(1));
    assertThat(made(TLS, view)).contains(REDIS);
    clock.pass(Duration.ofSeconds(1));
    assertThat(made(TLS, view)).as("also when that was refused").contains(REDIS);
    assertThat(redis.hold(APP, TLS, view).next()).isEmpty();
  }

  @Test
  void theNextChangeMayWaitAsLong() {
    var before = pod("before", PLAIN, true, true);
    redis.hold(APP, TLS, view(PLAIN, 1, before));
    clock.pass(HoldRedis.LONGEST.minusSeconds(1));
    redis.hold(APP, TLS, view(TLS, 1, pod("after", TLS, true, true)));
    clock.pass(HoldRedis.LONGEST.minusSeconds(1));

    assertThat(redis.hold(APP, TLS, view(PLAIN, 1, before)).next()).contains(HoldRedis.LONGEST);
  }

  @Test
  void nothingWaitsForAnApiThatTakesNoVotes() {
    assertThat(made(TLS, view(PLAIN, 1))).as("of no pods").contains(REDIS);
    assertThat(made(TLS, view(PLAIN, 1, pod("before", PLAIN, true, false))))
        .as("whose pods are not ready")
        .contains(REDIS);
  }

  @Test
  void nothingWaitsWhileRedisDoesNotWorkOrIsNotThere() {
    var before = pod("before", PLAIN, true, true);

    assertThat(made(TLS, view(PLAIN, 0, before))).contains(REDIS);
    assertThat(made(TLS, new ObservedState(List.of(before)))).contains(REDIS);
  }

  @Test
  void changesThatTheApiDoesNotFollowDoNotWait() {
    var before = pod("before", PLAIN, true, true);

    assertThat(made(Renderings.of(APP, "{redis: {maxMemory: 100mb}}"), view(PLAIN, 1, before)))
        .contains(REDIS, CONFIG);
  }

  private List<String> made(Blueprint wanted, ObservedState view) {
    return redis
        .hold(APP, wanted, view)
        .blueprint()
        .objects()
        .map(object -> object.getKind() + " " + object.getMetadata().getName())
        .toList();
  }

  /** Redis as it is, with so many ready pods, and pods of the API. */
  private static ObservedState view(Blueprint blueprint, int ready, Pod... pods) {
    return view(blueprint, ready, List.of(pods));
  }

  private static ObservedState view(
      Blueprint blueprint, int ready, List<Pod> pods, StatefulSet... others) {
    var all = new ArrayList<HasMetadata>(pods);
    all.add(live(find(blueprint, StatefulSet.class, Names.REDIS), ready));
    all.addAll(List.of(others));
    return new ObservedState(all);
  }

  private static StatefulSet postgres(Blueprint blueprint, int ready) {
    return live(find(blueprint, StatefulSet.class, Names.POSTGRES), ready);
  }

  private static StatefulSet live(StatefulSet set, int ready) {
    return new StatefulSetBuilder(set)
        .editMetadata()
        .withGeneration(1L)
        .endMetadata()
        .withNewStatus()
        .withObservedGeneration(1L)
        .withReadyReplicas(ready)
        .endStatus()
        .build();
  }

  private static Pod pod(String name, Blueprint blueprint, boolean started, boolean ready) {
    var api = find(blueprint, Deployment.class, Names.API);
    return new PodBuilder()
        .withMetadata(api.getSpec().getTemplate().getMetadata())
        .editOrNewMetadata()
        .withNamespace(api.getMetadata().getNamespace())
        .withName(name)
        .endMetadata()
        .withNewStatus()
        .addNewCondition()
        .withType("Ready")
        .withStatus(ready ? "True" : "False")
        .endCondition()
        .addNewContainerStatus()
        .withName(Names.API)
        .withStarted(started)
        .endContainerStatus()
        .endStatus()
        .build();
  }

  private static <T extends HasMetadata> T find(Blueprint blueprint, Class<T> kind, String name) {
    return blueprint
        .objects()
        .filter(kind::isInstance)
        .map(kind::cast)
        .filter(object -> object.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** A clock that a test advances. */
  private static final class HandClock extends Clock {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
