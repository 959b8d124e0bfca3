package dev.voting.consumer.settings;

import dev.voting.runtime.Environment;
import java.nio.file.Path;

/**
 * The environment of the program that declares a poll; docs/environment.md has the table.
 *
 * @param servers where the database and Redis are, and how long a refused login is retried
 * @param definition file with the poll's JSON
 * @param source file that says which VotingApp declares it
 * @param generation file with the generation of the VotingApp's spec
 * @param terminationLog file for the line that says what is in force
 */
public record PollSettings(
    Settings servers, Path definition, Path source, Path generation, Path terminationLog) {

  /** Reads them from the environment. */
  public static PollSettings from(Environment environment) {
    String example = "/etc/voting-poll/";
    return new PollSettings(
        Settings.from(environment),
        Path.of(environment.required("POLL_FILE", example + "poll.json")),
        Path.of(environment.required("POLL_SOURCE_FILE", example + "source")),
        Path.of(environment.required("POLL_GENERATION_FILE", example + "generation")),
        Path.of(environment.text("TERMINATION_LOG", "/dev/termination-log")));
  }
}
