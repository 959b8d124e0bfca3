package dev.voting.operator.cli;

import dev.voting.operator.cli.monitoring.HealthServer;
import dev.voting.operator.cli.monitoring.HealthServer.Health;
import dev.voting.operator.cli.monitoring.OperatorMetrics;
import dev.voting.operator.run.LeaseLostException;
import dev.voting.operator.run.Settings;
import dev.voting.operator.run.Settings.LeaderElection;
import dev.voting.operator.run.VotingAppOperator;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the operator until it is stopped. */
@Command(
    name = "operator",
    description = {
      "Runs the operator against the cluster of KUBECONFIG or, in a pod, of its service account,"
          + " until SIGTERM.",
      "",
      "On its health port it answers /healthz (503: restart it), /readyz (503: a watch does not"
          + " work at the moment) and /metrics (Prometheus)."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:no cluster, no right to it, a watch or the lease lost; one line on stderr says what",
      "2:the command line is wrong",
      "130, 143:it was stopped by Ctrl-C, by SIGTERM, after what was under way"
    })
public final class OperatorCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--leader-election",
      description = "Act only while holding the Lease votingapp-operator, so that several can run.")
  private boolean leaderElection;

  @Option(
      names = "--lease-namespace",
      paramLabel = "NAMESPACE",
      description =
          "Where the Lease is; by default the namespace of the pod, or of the kubeconfig.")
  private Optional<String> leaseNamespace = Optional.empty();

  @Option(
      names = "--health-port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description =
          "Port of /healthz, /readyz and /metrics, 0 for any free one (${DEFAULT-VALUE}).")
  private int healthPort;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      defaultValue = "info",
      description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}). Logs go to stderr.")
  private Logs.Level logLevel;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}): json is one object a line.")
  private Logs.Format logFormat;

  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicReference<Throwable> lost = new AtomicReference<>();
  private final AtomicReference<VotingAppOperator> operator = new AtomicReference<>();

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (healthPort < 0 || healthPort > 65_535) {
      throw new ParameterException(
          spec.commandLine(), "--health-port must be from 0 to 65535, not " + healthPort);
    }
    Logs.configure(logLevel, logFormat);
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndWait, "stop"));
    try (var metrics = new OperatorMetrics();
        var client = Cluster.connect();
        var health = HealthServer.start(healthPort, this::alive, this::ready, metrics::scrape);
        var started =
            VotingAppOperator.start(
                client, new Settings(election(client), metrics.framework()), this::lost)) {
      operator.set(started);
      metrics.count(started::apps);
      LoggerFactory.getLogger(OperatorCommand.class)
          .info("at work; health and metrics on port {}", health.port());
      stop.await();
    } finally {
      stopped.countDown();
    }
    if (lost.get() != null) {
      throw new Failure("a watch is lost for good: " + lost.get().getMessage(), lost.get());
    }
    return 0;
  }

  private Optional<LeaderElection> election(KubernetesClient client) {
    if (!leaderElection) {
      return Optional.empty();
    }
    var namespace = leaseNamespace.orElse(client.getConfiguration().getNamespace());
    var host = Optional.ofNullable(System.getenv("HOSTNAME")).orElse("operator");
    return Optional.of(
        new LeaderElection(
            Optional.ofNullable(namespace).orElse("default"), host + "_" + UUID.randomUUID()));
  }

  private void lost(Throwable why) {
    if (why instanceof LeaseLostException) {
      // At once, with whatever is under way: another operator acts from now on.
      spec.commandLine().getErr().println("operator: " + why.getMessage());
      Runtime.getRuntime().halt(1);
    }
    lost.compareAndSet(null, why);
    stop.countDown();
  }

  private Health alive() {
    return lost.get() == null
        ? new Health(true, "alive")
        : new Health(false, "a watch is lost for good: " + lost.get().getMessage());
  }

  private Health ready() {
    var running = operator.get();
    if (running == null) {
      return new Health(false, "starting");
    }
    if (stop.getCount() == 0) {
      return new Health(false, "stopping");
    }
    var broken = running.brokenWatches();
    return broken.isEmpty()
        ? new Health(true, "ready")
        : new Health(false, "watches that do not work: " + String.join(", ", broken));
  }

  private void stopAndWait() {
    stop.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
