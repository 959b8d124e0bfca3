package dev.voting.consumer.stream;

import dev.voting.consumer.settings.Settings;
import dev.voting.runtime.Streams;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The vote stream, for this consumer, over one connection. It is opened on demand, and again after
 * it broke or the server could not serve. Every method throws a {@link
 * redis.clients.jedis.exceptions.JedisException} when Redis fails; {@link RedisFailure} classifies
 * that. For one thread at a time.
 */
public final class VoteStream implements AutoCloseable {
  /** The id below all others. */
  public static final String START = "0-0";

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Of an entry with more fields, the rest is not kept: no vote has a hundredth of them. */
  private static final int MAX_DEAD_LETTER_FIELDS = 1000;

  private final Settings settings;
  private final byte[] stream;
  private final byte[] group;
  private final byte[] consumer;
  private final byte[] deadLetters;
  private final byte[] lostKey;
  private final byte[] acknowledgeScript = script("acknowledge.lua");
  private final byte[] deadLetterScript = script("dead-letter.lua");
  private final byte[] trimScript = script("trim.lua");
  private final byte[] leaveScript = script("leave.lua");
  private final byte[] rereadScript = script("reread.lua");
  private final byte[] resetIdsScript = script("reset-ids.lua");
  private Jedis connection;

  public VoteStream(Settings settings) {
    this.settings = settings;
    this.stream = bytes(settings.stream());
    this.group = bytes(settings.group());
    this.consumer = bytes(settings.consumer());
    this.deadLetters = bytes(Streams.deadLetters(settings.stream()));
    this.lostKey = bytes(Streams.lost(settings.stream()));
  }

  /** Creates the group, and the stream, unless they exist. True if it did. */
  public boolean createGroup() {
    return call(
        redis -> {
          try {
            // From the beginning: entries from before the group was created count too.
            redis.xgroupCreate(stream, group, bytes("0"), true);
            return true;
          } catch (JedisDataException e) {
            if (e.getMessage().startsWith("BUSYGROUP")) {
              return false;
            }
            throw e;
          }
        });
  }

  /** Entries that nobody has read yet; waits for some, but not longer than the time. */
  public List<StreamEntry> readNew(int count, Duration wait) {
    return call(
        redis ->
            entriesOfStream(
                redis.sendCommand(
                    Protocol.Command.XREADGROUP,
                    bytes("GROUP"),
                    group,
                    consumer,
                    bytes("COUNT"),
                    bytes(Integer.toString(count)),
                    bytes("BLOCK"),
                    bytes(Long.toString(wait.toMillis())),
                    bytes("STREAMS"),
                    stream,
                    bytes(">"))));
  }

  /** Entries that were delivered to this consumer and not acknowledged, from after an id. */
  public List<StreamEntry> readPending(String after, int count) {
    return call(
        redis ->
            entriesOfStream(
                redis.sendCommand(
                    Protocol.Command.XREADGROUP,
                    bytes("GROUP"),
                    group,
                    consumer,
                    bytes("COUNT"),
                    bytes(Integer.toString(count)),
                    bytes("STREAMS"),
                    stream,
                    bytes(after))));
  }

  /**
   * What was claimed, and where to go on.
   *
   * @param entries now pending at this consumer
   * @param lost ids of entries that somebody deleted, which are pending no longer
   * @param unnamed whether there are more of those, pending at this consumer now; Redis 6 does not
   *     name them here
   * @param next where to go on, {@link #START} when all have been looked at
   */
  public record Claimed(
      List<StreamEntry> entries, List<String> lost, boolean unnamed, String next) {}

  /** Takes over entries that have been pending for long, at whichever consumer. */
  public Claimed claim(String from, int count) {
    return call(
        redis -> {
          List<?> answer =
              (List<?>)
                  redis.sendCommand(
                      Protocol.Command.XAUTOCLAIM,
                      stream,
                      group,
                      consumer,
                      bytes(Long.toString(settings.claimIdle().toMillis())),
                      bytes(from),
                      bytes("COUNT"),
                      bytes(Integer.toString(count)));
          List<String> lost =
              answer.size() > 2
                  ? ((List<?>) answer.get(2)).stream().map(VoteStream::text).toList()
                  : List.of();
          List<?> claimed = (List<?>) answer.get(1);
          return new Claimed(
              entries(claimed), lost, claimed.contains(null), text(answer.getFirst()));
        });
  }

  /**
   * Acknowledges recorded entries.
   *
   * @param ids in the order of the stream
   * @param run whether the stream had no others between the first and the last of them, which makes
   *     removing them cheap
   * @return how many of them were still pending
   */
  public long acknowledge(List<String> ids, boolean run) {
    List<byte[]> arguments = new ArrayList<>(ids.size() + 2);
    arguments.add(group);
    arguments.add(bytes(run ? "run" : "some"));
    ids.forEach(id -> arguments.add(bytes(id)));
    return call(redis -> (Long) redis.eval(acknowledgeScript, List.of(stream), arguments));
  }

  /** Adds to the number of entries that were deleted before they were counted. */
  public void noteLost(int entries) {
    call(redis -> redis.incrBy(lostKey, entries));
  }

  /** Moves an entry to the dead letters. True if it was still pending. */
  public boolean deadLetter(DeadLetter dead) {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(group);
    arguments.add(bytes(dead.entry().id()));
    arguments.add(bytes("reason"));
    arguments.add(bytes(dead.reason()));
    arguments.add(bytes("original_id"));
    arguments.add(bytes(dead.entry().id()));
    List<byte[]> fields = dead.entry().fields();
    arguments.addAll(fields.subList(0, Math.min(fields.size(), 2 * MAX_DEAD_LETTER_FIELDS)));
    return call(
        redis -> (Long) redis.eval(deadLetterScript, List.of(stream, deadLetters), arguments) == 1);
  }

  /** Removes what all groups have finished, where this is not the only one. */
  public long trim() {
    return call(redis -> (Long) redis.eval(trimScript, List.of(stream), List.of(group)));
  }

  /**
   * Has all entries delivered again, if none is new or pending but some exist. Returns their
   * number.
   */
  public long reread() {
    return call(redis -> (Long) redis.eval(rereadScript, List.of(stream), List.of(group)));
  }

  /**
   * Makes ids follow the clock again after somebody added an entry with an id of the future: every
   * later id follows that one, up to the last possible one. Only on an empty stream. True if it
   * did.
   */
  public boolean resetIds() {
    return call(redis -> (Long) redis.eval(resetIdsScript, List.of(stream), List.of()) == 1);
  }

  /** Removes a consumer from the group, if it has no pending entries. */
  public boolean leave(String name) {
    return call(
        redis -> (Long) redis.eval(leaveScript, List.of(stream), List.of(group, bytes(name))) == 1);
  }

  /** Names of the consumers that have been silent for this long. */
  public List<String> silentConsumers(Duration time) {
    return call(
        redis ->
            redis.xinfoConsumers2(settings.stream(), settings.group()).stream()
                .filter(other -> other.getIdle() > time.toMillis())
                .map(other -> other.getName())
                .toList());
  }

  /**
   * What is not counted yet.
   *
   * @param entries not acknowledged yet, pending ones included
   * @param pending delivered to some consumer and not acknowledged
   * @param oldest the id of the first of the entries
   */
  public record Backlog(long entries, long pending, Optional<String> oldest) {}

  /** What this group has not counted yet; entries that only other groups need are excluded. */
  public Backlog backlog() {
    return call(
        redis -> {
          long entries = redis.xlen(settings.stream());
          // Not by the client's own types, which do not hold every id that there may be.
          List<?> summary = (List<?>) redis.sendCommand(Protocol.Command.XPENDING, stream, group);
          long pending = (Long) summary.get(0);
          List<?> groups =
              (List<?>)
                  redis.sendCommand(
                      Protocol.Command.XINFO, Protocol.Keyword.GROUPS.getRaw(), stream);
          if (groups.size() < 2) {
            return new Backlog(entries, pending, firstId(redis, "-"));
          }
          Map<String, Object> ours =
              groups.stream()
                  .map(VoteStream::fields)
                  .filter(found -> text(found.get("name")).equals(settings.group()))
                  .findFirst()
                  .orElseThrow();
          // Redis 6 has no lag, and Redis 7 does not know it where entries were deleted unread.
          long most = ours.get("lag") instanceof Long lag ? pending + lag : entries;
          Optional<String> oldest =
              pending > 0
                  ? Optional.of(text(summary.get(1)))
                  : firstId(redis, "(" + text(ours.get("last-delivered-id")));
          return new Backlog(oldest.isEmpty() ? 0 : most, pending, oldest);
        });
  }

  /** From {@code [name, value, ...]}. */
  private static Map<String, Object> fields(Object answer) {
    List<?> pairs = (List<?>) answer;
    Map<String, Object> fields = new HashMap<>();
    for (int i = 0; i + 1 < pairs.size(); i += 2) {
      fields.put(text(pairs.get(i)), pairs.get(i + 1));
    }
    return fields;
  }

  private Optional<String> firstId(Jedis redis, String from) {
    return entries(redis.xrange(stream, bytes(from), bytes("+"), 1)).stream()
        .map(StreamEntry::id)
        .findFirst();
  }

  <T> T call(Function<Jedis, T> command) {
    try {
      if (connection == null) {
        Jedis fresh =
            new Jedis(
                settings.redis().address(),
                settings
                    .redis()
                    .clientConfig()
                    .connectionTimeoutMillis((int) TIMEOUT.toMillis())
                    .socketTimeoutMillis((int) TIMEOUT.toMillis())
                    .build());
        connection = fresh;
      }
      return command.apply(connection);
    } catch (JedisException e) {
      // A server that was demoted, is loading or has lost its primary fails on every connection, so
      // the next one goes to whatever the name resolves to by then. The same after a refused login,
      // as its password may have changed by then.
      if (e instanceof JedisConnectionException
          || RedisFailure.of(e) == RedisFailure.UNAVAILABLE
          || RedisFailure.of(e) == RedisFailure.REFUSED) {
        close();
      }
      throw e;
    }
  }

  @Override
  public void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (JedisConnectionException broken) {
        // It is unusable anyway.
      }
      connection = null;
    }
  }

  /** From {@code [[stream, [entry, ...]]]}, or null when there are none. */
  private static List<StreamEntry> entriesOfStream(Object answer) {
    return answer == null || ((List<?>) answer).isEmpty()
        ? List.of()
        : entries((List<?>) ((List<?>) ((List<?>) answer).getFirst()).get(1));
  }

  /** From {@code [[id, [name, value, ...]], ...]}; Redis 6 also has null for a deleted entry. */
  static List<StreamEntry> entries(List<?> answer) {
    List<StreamEntry> entries = new ArrayList<>(answer.size());
    for (Object element : answer) {
      if (element instanceof List<?> entry) {
        List<byte[]> fields = null;
        if (entry.get(1) instanceof List<?> given) {
          fields = new ArrayList<>(given.size());
          for (Object field : given) {
            fields.add((byte[]) field);
          }
        }
        entries.add(new StreamEntry(text(entry.get(0)), fields));
      }
    }
    return entries;
  }

  static String text(Object bytes) {
    return new String((byte[]) bytes, StandardCharsets.UTF_8);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] script(String name) {
    try (InputStream in = VoteStream.class.getResourceAsStream("/dev/voting/consumer/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
