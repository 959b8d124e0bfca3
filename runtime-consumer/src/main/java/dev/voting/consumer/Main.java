package dev.voting.consumer;

import dev.voting.consumer.pipeline.Pipeline;
import dev.voting.consumer.poll.PollProgram;
import dev.voting.consumer.settings.FatalException;
import dev.voting.consumer.settings.Settings;
import dev.voting.runtime.Environment;
import dev.voting.runtime.Metrics;
import dev.voting.runtime.OperationsServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.Security;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the consumer until SIGTERM: it then records the batches in flight and exits with 0. Other
 * exit codes: 1 for an error that no retry can fix, 2 for an invalid environment. With the argument
 * {@code poll} it is another program: {@link PollProgram}.
 */
public final class Main {
  private final Settings settings;
  private final Pipeline pipeline;
  private volatile boolean failed;

  private Main(Settings settings, PrometheusMeterRegistry registry) {
    this.settings = settings;
    this.pipeline = new Pipeline(settings, registry);
  }

  public static void main(String[] args) {
    // A name may resolve to another address a second later: re-created pods have new addresses.
    Security.setProperty("networkaddress.cache.ttl", "1");
    Security.setProperty("networkaddress.cache.negative.ttl", "1");
    if (args.length > 0 && args[0].equals("poll")) {
      System.exit(PollProgram.run(List.of(args).subList(1, args.length)));
    }
    Settings settings = Environment.readOrExit(Settings::from);
    settings.logLevel().apply();
    PrometheusMeterRegistry registry = Metrics.registry();
    System.exit(new Main(settings, registry).run(registry));
  }

  private int run(PrometheusMeterRegistry registry) {
    Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal));
    Logger log = LoggerFactory.getLogger(Main.class);
    log.info(
        "consumer {} reads {} as {} from {} into {}",
        settings.consumer(),
        settings.stream(),
        settings.group(),
        settings.redis(),
        settings.database());
    try (OperationsServer operations =
        new OperationsServer(
            new InetSocketAddress(settings.listenAddress(), settings.metricsPort()),
            registry,
            () -> pipeline.ended().isDone() ? Optional.of("ended") : Optional.empty(),
            pipeline.dependencies())) {
      log.info("/health, /ready and /metrics are on port {}", operations.port());
      pipeline.start();
      pipeline.ended().join();
      // Only a signal ends it regularly, and then the hook above sets the exit code.
      Thread.currentThread().join();
      return 0;
    } catch (IOException e) {
      return fail(
          "cannot listen on METRICS_PORT %d of LISTEN_ADDRESS %s: %s"
              .formatted(
                  settings.metricsPort(),
                  settings.listenAddress().getHostAddress(),
                  e.getMessage()));
    } catch (CompletionException e) {
      log.debug("ended", e);
      pipeline.logSummary("ended by an error, the batches in flight stay pending in Redis");
      return fail(
          e.getCause() instanceof FatalException fatal
              ? fatal.getMessage()
              : e.getCause().toString());
    } catch (RuntimeException e) {
      log.debug("not started", e);
      return fail(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail("interrupted");
    }
  }

  private int fail(String line) {
    failed = true;
    System.err.println("error: " + line);
    return 1;
  }

  /** Without this the JVM would answer SIGTERM with exit code 143. */
  private void onSignal() {
    if (!failed) {
      pipeline.stop(settings.shutdownGrace());
      Runtime.getRuntime().halt(0);
    }
  }
}
