package dev.voting.operator.run;

import dev.voting.crd.VotingApp;
import dev.voting.operator.reconcile.VotingAppReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.processing.event.rate.LinearRateLimiter;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The operator: watches VotingApps and reconciles each. */
public final class VotingAppOperator implements AutoCloseable {

  /**
   * More than one VotingApp's stage has objects, and few enough that a thousand VotingApps at once
   * neither press the API server nor fill the memory with answers under way.
   */
  private static final int PARALLEL_REQUESTS = 32;

  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

  /** No VotingApp keeps the others waiting, however often its objects change. */
  private static final Duration RATE_PERIOD = Duration.ofSeconds(1);

  private static final int RATE = 5;

  /** What a reconciliation gets to end by itself when the operator stops. */
  private static final Duration LAST_RECONCILIATION = Duration.ofSeconds(5);

  /** The same and a little more, for whatever else the framework does. */
  private static final Duration STOP = LAST_RECONCILIATION.plusSeconds(3);

  private static final Duration LAST_REQUESTS = Duration.ofSeconds(2);
  private static final Duration RELEASE = Duration.ofSeconds(3);

  private final Operator operator;
  private final VotingAppReconciler reconciler;
  private final ExecutorService parallel;
  private final Optional<Leadership> leadership;

  private VotingAppOperator(
      Operator operator,
      VotingAppReconciler reconciler,
      ExecutorService parallel,
      Optional<Leadership> leadership) {
    this.operator = operator;
    this.reconciler = reconciler;
    this.parallel = parallel;
    this.leadership = leadership;
  }

  /**
   * Starts an operator that is alone.
   *
   * @param client stays the caller's, who closes it after this operator
   * @param onLost runs when a watch is lost for good, after which the operator is of no use
   * @return once the caches are filled and it is at work
   */
  public static VotingAppOperator start(KubernetesClient client, Consumer<Throwable> onLost) {
    return start(client, Settings.DEFAULT, onLost);
  }

  /**
   * Starts the operator.
   *
   * @param client stays the caller's, who closes it after this operator
   * @param settings how it runs
   * @param onLost runs when a watch is lost for good, after which the operator is of no use; and
   *     with a {@link LeaseLostException} when another operator may act
   * @return once the caches are filled and it is at work, or waits for the lease
   */
  public static VotingAppOperator start(
      KubernetesClient client, Settings settings, Consumer<Throwable> onLost) {
    var leadership = settings.leaderElection().map(election -> new Leadership(election, onLost));
    var parallel = Executors.newFixedThreadPool(PARALLEL_REQUESTS, Thread.ofVirtual().factory());
    var operator =
        new Operator(
            configuration -> {
              leadership
                  .map(Leadership::configuration)
                  .ifPresent(configuration::withLeaderElectionConfiguration);
              configuration
                  .withMetrics(settings.metrics())
                  .withKubernetesClient(client)
                  .withResourceCloner(new WholeCloner(client.getKubernetesSerialization()))
                  .withCloseClientOnStop(false)
                  .withInformerStoppedHandler(
                      (_, lost) -> {
                        if (lost != null) {
                          onLost.accept(lost);
                        }
                      })
                  .withReconciliationTerminationTimeout(LAST_RECONCILIATION)
                  .withUseSSAToPatchPrimaryResource(true);
            });
    var reconciler = new VotingAppReconciler(client, parallel, Clock.systemUTC());
    operator.register(
        reconciler,
        controller ->
            controller
                .withRetry(
                    new JitteredRetry(
                        new GenericRetry()
                            .setInitialInterval(FIRST_RETRY.toMillis())
                            .setIntervalMultiplier(2)
                            .setMaxInterval(LONGEST_RETRY.toMillis())
                            .withoutMaxAttempts(),
                        () -> ThreadLocalRandom.current().nextDouble()))
                .withRateLimiter(new LinearRateLimiter(RATE_PERIOD, RATE)));
    try {
      operator.start();
    } catch (RuntimeException e) {
      parallel.shutdownNow();
      throw e;
    }
    return new VotingAppOperator(operator, reconciler, parallel, leadership);
  }

  /**
   * Which watches do not work at the moment, as they do while the API server is away.
   *
   * @return what they watch; empty when all is well
   */
  public Set<String> brokenWatches() {
    var broken = new TreeSet<String>();
    operator
        .getRuntimeInfo()
        .unhealthyEventSources()
        .values()
        .forEach(sources -> broken.addAll(sources.keySet()));
    return broken;
  }

  /**
   * The VotingApps, as the cache holds them.
   *
   * @return a snapshot; the objects are the cache's own and must not be changed
   */
  public List<VotingApp> apps() {
    return reconciler.apps();
  }

  /**
   * Ends the reconciliations under way, and stops watching. Takes seconds at most, whatever the API
   * server does.
   */
  @Override
  public void close() {
    leadership.ifPresent(Leadership::resign);
    var stopped = Bounded.run("stopping the operator", STOP, operator::stop);
    parallel.shutdownNow();
    // While anything of it may still act, nobody else should.
    if (stopped && awaitRequests()) {
      leadership.ifPresent(
          held ->
              Bounded.run(
                  "releasing the lease",
                  RELEASE,
                  () -> held.release(operator.getKubernetesClient())));
    }
  }

  private boolean awaitRequests() {
    try {
      return parallel.awaitTermination(LAST_REQUESTS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
