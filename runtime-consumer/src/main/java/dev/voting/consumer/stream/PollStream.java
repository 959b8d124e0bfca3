package dev.voting.consumer.stream;

import static dev.voting.consumer.stream.VoteStream.bytes;
import static dev.voting.consumer.stream.VoteStream.text;

import dev.voting.consumer.settings.Settings;
import dev.voting.runtime.Streams;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What Redis holds of polls beside their votes: the one in force, and whether a round is over. Over
 * a connection of its own; fails as {@link VoteStream}, and is for one thread at a time.
 */
public final class PollStream implements AutoCloseable {
  private static final int DIGITS = 20;

  /** As many as surely fit. */
  private static final Pattern NUMBER = Pattern.compile("00[0-9]{18}");

  private final VoteStream connection;
  private final byte[] stream;
  private final byte[] group;
  private final byte[] poll;
  private final byte[] deadLetters;
  private final byte[] putScript = VoteStream.script("put-poll.lua");
  private final byte[] drainedScript = VoteStream.script("drained.lua");

  public PollStream(Settings settings) {
    this.connection = new VoteStream(settings);
    this.stream = bytes(settings.stream());
    this.group = bytes(settings.group());
    this.poll = bytes(Streams.poll(settings.stream()));
    this.deadLetters = bytes(Streams.deadLetters(settings.stream()));
  }

  /** The number of the definition in force; 0 without one. */
  public long number() {
    return connection.call(
        redis -> {
          try {
            String digits = text(redis.getrange(poll, 0, DIGITS - 1));
            return NUMBER.matcher(digits).matches() ? Long.parseLong(digits) : 0L;
          } catch (JedisDataException e) {
            if (e.getMessage().startsWith("WRONGTYPE")) {
              return 0L; // put replaces it
            }
            throw e;
          }
        });
  }

  /** The JSON of the definition in force. */
  public Optional<String> document() {
    return connection.call(
        redis ->
            Optional.ofNullable(redis.get(poll))
                .map(VoteStream::text)
                .filter(all -> all.length() > DIGITS)
                .map(all -> all.substring(DIGITS)));
  }

  /** Puts a definition in force, unless a newer one is. True if it did. */
  public boolean put(long seq, String document) {
    String digits = digits(seq);
    return connection.call(
        redis ->
            (Long)
                    redis.eval(
                        putScript, List.of(poll), List.of(bytes(digits), bytes(digits + document)))
                == 1);
  }

  /**
   * A stream past the close of a round.
   *
   * @param last the last id of the stream
   * @param oldest the first entry that this group has not finished, if there is one
   */
  public record Closed(StreamId last, Optional<StreamId> oldest) {}

  /**
   * Where the stream is, once no vote of a round can follow: its definition is in force, or a newer
   * one, and Redis' clock is past the close.
   *
   * @param seq number of the round's definition
   * @param closes in milliseconds since 1970
   */
  public Optional<Closed> closed(long seq, long closes) {
    return connection.call(
        redis -> {
          List<?> answer =
              (List<?>)
                  redis.eval(
                      drainedScript,
                      List.of(stream, poll),
                      List.of(group, bytes(digits(seq)), bytes(Long.toString(closes))));
          return answer.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  new Closed(
                      StreamId.parse(text(answer.getFirst())),
                      Optional.of(text(answer.get(1)))
                          .filter(id -> !id.isEmpty())
                          .map(StreamId::parse)));
        });
  }

  /** Dead letters after an id, in order. */
  public List<StreamEntry> deadLetters(String after, int count) {
    return connection.call(
        redis ->
            VoteStream.entries(redis.xrange(deadLetters, bytes("(" + after), bytes("+"), count)));
  }

  /** Deletes dead letters. */
  public void deleteDeadLetters(List<String> ids) {
    byte[][] all = ids.stream().map(VoteStream::bytes).toArray(byte[][]::new);
    connection.call(redis -> redis.xdel(deadLetters, all));
  }

  @Override
  public void close() {
    connection.close();
  }

  private static String digits(long seq) {
    return String.format(Locale.ROOT, "%020d", seq);
  }
}
