package dev.voting.consumer;

import dev.voting.consumer.pipeline.Pipeline;
import dev.voting.runtime.Environment;
import dev.voting.runtime.Metrics;
import dev.voting.runtime.OperationsServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the consumer until SIGTERM, which it answers with exit code 0 once what it has in hand is
 * recorded. Other exit codes: 1 for something that retrying cannot mend, 2 for a bad environment.
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Settings settings = Environment.readOrExit(Settings::from);
    settings.logLevel().apply();
    System.exit(run(settings));
  }

  private static int run(Settings settings) {
    Logger log = LoggerFactory.getLogger(Main.class);
    log.info(
        "consumer {} reads {} as {} from {} into {}",
        settings.consumer(),
        settings.stream(),
        settings.group(),
        settings.redis(),
        settings.database());
    PrometheusMeterRegistry registry = Metrics.registry();
    Pipeline pipeline = new Pipeline(settings, registry);
    try (OperationsServer operations =
        new OperationsServer(
            settings.metricsPort(),
            registry,
            () -> pipeline.ended().isDone() ? Optional.of("ended") : Optional.empty(),
            pipeline.dependencies())) {
      log.info("/health, /ready and /metrics are on port {}", operations.port());
      pipeline.start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> onSignal(pipeline, settings)));
      pipeline.ended().join();
      // Only a signal ends it well, and then the hook above has the last word.
      Thread.currentThread().join();
      return 0;
    } catch (IOException e) {
      return fail(
          "cannot listen on METRICS_PORT " + settings.metricsPort() + ": " + e.getMessage());
    } catch (CompletionException e) {
      log.debug("ended", e);
      return fail(
          e.getCause() instanceof FatalException fatal
              ? fatal.getMessage()
              : e.getCause().toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static int fail(String line) {
    System.err.println("error: " + line);
    return 1;
  }

  /** Without this the JVM would answer SIGTERM with exit code 143. */
  private static void onSignal(Pipeline pipeline, Settings settings) {
    if (!pipeline.ended().isCompletedExceptionally()) {
      pipeline.stop(settings.shutdownGrace());
      Runtime.getRuntime().halt(0);
    }
  }
}
