package dev.voting.api;

import dev.voting.runtime.Environment;
import java.security.Security;
import java.time.Duration;

/** Runs the vote API until SIGTERM. */
public final class Main {
  private static final int EXIT_CANNOT_START = 1;

  private Main() {}

  /** Takes no arguments; docs/environment.md describes the environment. */
  public static void main(String[] args) {
    // A name may resolve to another address a second later: re-created pods have new addresses.
    Security.setProperty("networkaddress.cache.ttl", "1");
    Security.setProperty("networkaddress.cache.negative.ttl", "1");
    Settings settings = Environment.readOrExit(Settings::from);
    settings.logLevel().apply();
    ApiService service = new ApiService(settings);
    try {
      service.start();
    } catch (PortTakenException e) {
      System.err.println(
          "error: "
              + e.variable()
              + " "
              + (e.variable().equals("PORT") ? settings.port() : settings.metricsPort())
              + " of LISTEN_ADDRESS "
              + settings.listenAddress().getHostAddress()
              + " is in use or not available: stop what uses it, or set another");
      System.exit(EXIT_CANNOT_START);
    }
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> stop(service, settings.shutdownDelay()), "shutdown"));
  }

  /** Load balancers need a moment to notice that the pod is unready. */
  private static void stop(ApiService service, Duration delay) {
    service.drain();
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    service.close();
  }
}
