package dev.voting.consumer.poll;

import dev.voting.consumer.pipeline.Backoff;
import dev.voting.consumer.pipeline.Deadline;
import dev.voting.consumer.settings.FatalException;
import dev.voting.consumer.settings.PollSettings;
import dev.voting.consumer.store.DatabaseFailure;
import dev.voting.consumer.store.DeclaredPoll;
import dev.voting.consumer.store.DeclaredPoll.InForce;
import dev.voting.consumer.store.DeclaredPoll.Outcome;
import dev.voting.consumer.store.VoteDatabase;
import dev.voting.consumer.stream.PollStream;
import dev.voting.consumer.stream.RedisFailure;
import dev.voting.runtime.Environment;
import dev.voting.runtime.Metrics;
import dev.voting.runtime.TlsErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Declares the poll of a file to the database, puts what is in force then into Redis, and says in
 * one line what that is. It may be repeated at any time, and waits for as long as either server is
 * unavailable.
 */
public final class PollProgram {
  private static final Logger LOG = LoggerFactory.getLogger(PollProgram.class);

  /** Waits until the round in force is final before it ends. */
  private static final String UNTIL_FINAL = "--until-final";

  private static final Duration WHILE_STALE = Duration.ofMillis(500);
  private static final Duration UNTIL_NEXT_LOOK = Duration.ofSeconds(1);

  private final PollSettings settings;
  private final boolean untilFinal;
  private final Backoff backoff;
  private final Deadline withoutLogin;
  private String waitsFor = "";

  /**
   * @param untilFinal whether to wait until the round in force is final
   */
  public PollProgram(PollSettings settings, boolean untilFinal) {
    this.settings = settings;
    this.untilFinal = untilFinal;
    this.backoff = new Backoff(settings.servers().retryMax());
    this.withoutLogin = new Deadline(settings.servers().loginWait());
  }

  /**
   * Runs it as a process.
   *
   * @param args after {@code poll}
   * @return the exit code
   */
  public static int run(List<String> args) {
    if (!args.isEmpty() && !args.equals(List.of(UNTIL_FINAL))) {
      System.err.println("error: poll takes no argument but " + UNTIL_FINAL);
      return 2;
    }
    PollSettings settings = Environment.readOrExit(PollSettings::from);
    settings.servers().logLevel().apply();
    try {
      String line = new PollProgram(settings, !args.isEmpty()).declare();
      System.out.println(line);
      return 0;
    } catch (FatalException e) {
      System.err.println("error: " + e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  /** Declares it, and returns the line for the termination log, which has it already. */
  public String declare() throws InterruptedException {
    try (VoteDatabase store = new VoteDatabase(settings.servers(), Metrics.registry());
        PollStream stream = new PollStream(settings.servers())) {
      while (true) {
        try {
          DeclaredPoll declared = declare(store, stream);
          if (declared.outcome() == Outcome.STALE) {
            waitFor("a newer definition is in force, and this one may have been replaced");
            Thread.sleep(WHILE_STALE);
          } else if (untilFinal
              && declared.problem().isEmpty()
              && !declared.inForce().orElseThrow().isFinal()) {
            Thread.sleep(UNTIL_NEXT_LOOK);
          } else {
            return report(line(declared));
          }
          backoff.reset();
          withoutLogin.reset();
        } catch (SQLException e) {
          failed(e);
        } catch (JedisException e) {
          failed(e);
        } catch (IOException e) {
          throw new FatalException("cannot read the poll: " + e.getMessage(), e);
        }
      }
    }
  }

  private DeclaredPoll declare(VoteDatabase store, PollStream stream)
      throws SQLException, IOException {
    String generation = text(settings.generation());
    if (!generation.matches("[0-9]{1,18}")) {
      throw new FatalException("POLL_GENERATION_FILE holds no number: " + generation, null);
    }
    DeclaredPoll declared =
        store
            .polls()
            .declare(
                text(settings.definition()),
                text(settings.source()),
                Long.parseLong(generation),
                stream.number());
    declared.inForce().ifPresent(poll -> stream.put(poll.seq(), poll.document()));
    return declared;
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file).strip();
  }

  private void failed(SQLException e) throws InterruptedException {
    DatabaseFailure failure = DatabaseFailure.of(e);
    String message = TlsErrors.describe(e).orElseGet(e::getMessage);
    if (failure == DatabaseFailure.BAD_DATA
        || failure == DatabaseFailure.REFUSED && withoutLogin.isOver()) {
      throw new FatalException(
          "PostgreSQL at " + settings.servers().database() + " refuses the poll: " + message, e);
    }
    waitFor("PostgreSQL is unavailable: " + message);
    backoff.pause();
  }

  private void failed(JedisException e) throws InterruptedException {
    RedisFailure failure = RedisFailure.of(e);
    String message = TlsErrors.describe(e).orElseGet(e::getMessage);
    if (failure == RedisFailure.FATAL || failure == RedisFailure.REFUSED && withoutLogin.isOver()) {
      throw new FatalException(
          "Redis at " + settings.servers().redis() + " refuses the poll: " + message, e);
    }
    waitFor("Redis is unavailable: " + message);
    backoff.pause();
  }

  private String report(String line) {
    try {
      Files.writeString(settings.terminationLog(), line);
    } catch (IOException e) {
      LOG.warn("cannot write TERMINATION_LOG: {}", e.getMessage());
    }
    return line;
  }

  /** Logged once for each reason. */
  private void waitFor(String reason) {
    if (!reason.equals(waitsFor)) {
      LOG.warn("waiting: {}", reason);
      waitsFor = reason;
    }
  }

  private static String line(DeclaredPoll declared) {
    return "poll "
        + declared.problem().map(problem -> "refused: " + problem).orElse("declared")
        + "; in force: "
        + declared.inForce().map(PollProgram::line).orElse("none");
  }

  private static String line(InForce poll) {
    return "round %s, revision %d, opens %s, closes %s, final %s"
        .formatted(
            poll.round(),
            poll.revision(),
            orDash(poll.opensAt()),
            orDash(poll.closesAt()),
            poll.isFinal() ? "yes" : "no");
  }

  private static String orDash(Optional<String> time) {
    return time.orElse("-");
  }
}
