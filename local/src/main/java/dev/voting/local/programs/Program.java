package dev.voting.local.programs;

import java.io.IOException;
import java.util.Map;

/** What runs here in the place of a container image. */
public interface Program {

  /**
   * The variables by which this program is told where to listen, with the port inside the container
   * that each stands for when the container's own env does not set it.
   */
  default Map<String, Integer> portVariables() {
    return Map.of();
  }

  /**
   * Whether the program finds the names of Services, such as {@code redis.voting-data.svc}, on the
   * loopback address by itself. One that does not is told the loopback address in their place.
   */
  default boolean findsServices() {
    return false;
  }

  /**
   * Starts the program and returns as soon as it runs, not only when it is ready.
   *
   * @throws IOException when it cannot be started; the message is for a person
   */
  Running start(Launch launch) throws IOException;
}
