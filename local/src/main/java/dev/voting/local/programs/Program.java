package dev.voting.local.programs;

import java.io.IOException;
import java.util.Map;

/** The program that runs for a container image. */
public interface Program {

  /**
   * The variables that set this program's ports, with the port inside the container that each has
   * by default.
   */
  default Map<String, Integer> portVariables() {
    return Map.of();
  }

  /**
   * Whether the program itself resolves the names of Services, such as {@code
   * redis.voting-data.svc}, to the loopback address. Otherwise its environment has the loopback
   * address in their place.
   */
  default boolean findsServices() {
    return false;
  }

  /**
   * Starts the program and returns once it runs, before it is ready.
   *
   * @throws IOException if it cannot be started; the message is for the user
   */
  Running start(Launch launch) throws IOException;
}
