package dev.voting.operator.run;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.run.Settings.LeaderElection;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This operator's part in the election of the one that acts. */
final class Leadership {

  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  private final LeaderElection election;
  private final Consumer<Throwable> onLost;
  private final AtomicBoolean resigned = new AtomicBoolean();

  /**
   * @param onLost runs when another operator may act from now on
   */
  Leadership(LeaderElection election, Consumer<Throwable> onLost) {
    this.election = election;
    this.onLost = onLost;
  }

  LeaderElectionConfiguration configuration() {
    return new LeaderElectionConfiguration(
        Names.OPERATOR,
        election.namespace(),
        LeaderElectionConfiguration.LEASE_DURATION_DEFAULT_VALUE,
        LeaderElectionConfiguration.RENEW_DEADLINE_DEFAULT_VALUE,
        LeaderElectionConfiguration.RETRY_PERIOD_DEFAULT_VALUE,
        election.identity(),
        new LeaderCallbacks(() -> LOG.info("{} leads", election.identity()), this::lost, _ -> {}),
        false);
  }

  private void lost() {
    if (!resigned.get()) {
      onLost.accept(new LeaseLostException());
    }
  }

  /** From now on the end of the leadership is no news. */
  void resign() {
    resigned.set(true);
  }

  /** Has the next leader not wait until the Lease expires. Only for one that no longer acts. */
  void release(KubernetesClient client) {
    var lock = new LeaseLock(election.namespace(), Names.OPERATOR, election.identity());
    try {
      var held = lock.get(client);
      if (held != null && election.identity().equals(held.getHolderIdentity())) {
        var now = ZonedDateTime.now(ZoneOffset.UTC);
        lock.update(
            client,
            new LeaderElectionRecord(
                "", Duration.ofSeconds(1), now, now, held.getLeaderTransitions()));
      }
    } catch (KubernetesClientException e) {
      LOG.warn("the lease could not be released, and expires by itself: {}", e.getMessage());
    }
  }
}
