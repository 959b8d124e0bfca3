package dev.voting.operator.cli.monitoring;

import dev.voting.crd.VotingApp;
import dev.voting.operator.status.StatusReport;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.function.Supplier;

/** What the operator counts of itself. No label grows with the number of VotingApps. */
public final class OperatorMetrics implements AutoCloseable {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Metrics framework;

  public OperatorMetrics() {
    // There are as many numbers of retries as there are retries.
    registry
        .config()
        .meterFilter(
            MeterFilter.ignoreTags(
                "reconciliations.retries.number", "reconciliations.retries.last"));
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
    framework = new TransparentMetrics(MicrometerMetrics.withoutPerResourceMetrics(registry));
  }

  /** Takes what the framework counts. */
  public Metrics framework() {
    return framework;
  }

  /**
   * Counts the VotingApps by their conditions, whenever somebody asks.
   *
   * @param apps all of them
   */
  public void count(Supplier<List<VotingApp>> apps) {
    Gauge.builder("votingapps", apps, all -> all.get().size())
        .description("How many VotingApps there are.")
        .strongReference(true)
        .register(registry);
    for (var type : StatusReport.CONDITIONS) {
      for (var status : List.of("True", "False", "Unknown")) {
        Gauge.builder("votingapps.condition", apps, all -> count(all.get(), type, status))
            .description("How many VotingApps have a condition in this status.")
            .tags("type", type, "status", status)
            .strongReference(true)
            .register(registry);
      }
    }
  }

  /** One that has no status yet is unknown. */
  private static long count(List<VotingApp> apps, String type, String status) {
    return apps.stream().filter(app -> StatusReport.status(app, type).equals(status)).count();
  }

  /** All metrics in Prometheus' text format. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
