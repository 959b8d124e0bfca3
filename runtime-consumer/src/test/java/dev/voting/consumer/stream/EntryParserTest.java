package dev.voting.consumer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.runtime.PollVote;
import dev.voting.runtime.VoteEvent;
import dev.voting.runtime.VoteOption;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryParserTest {

  @Test
  void readsWhatTheVoteApiWrites() {
    VoteEvent event =
        new VoteEvent(
            VoteOption.DOGS,
            1_760_000_000_123L,
            Optional.of("key"),
            Optional.of("192.0.2.1"),
            Optional.of("curl/8"));
    List<String> fields = new ArrayList<>();
    event.fields().forEach((name, value) -> fields.addAll(List.of(name, value)));
    assertThat(vote(fields.toArray(String[]::new))).isEqualTo(event);
  }

  @Test
  void takesTheTimeOfTheIdWhereThereIsNone() {
    assertThat(vote("option", "cats").timestamp()).isEqualTo(1_700_000_000_000L);
  }

  /** The first is the contract; the others are what Python producers are known to write. */
  @ParameterizedTest
  @CsvSource({
    "1760000000123, 1760000000123",
    "1760000000123.0, 1760000000123",
    "1760000000123.987, 1760000000123",
    "1.760000000123e+12, 1760000000123",
    "1760000000.123, 1760000000123",
    "2025-10-09T08:53:20.123456+00:00, 1760000000123",
    "2025-10-09 10:53:20.123456+02:00, 1760000000123",
    "2025-10-09T08:53:20.123Z, 1760000000123",
    "2025-10-09T08:53:20.123456, 1760000000123",
    "5, 5",
    "253402300799999, 253402300799999"
  })
  void readsTheTimesThatProducersWrite(String given, long millis) {
    assertThat(vote("option", "cats", "timestamp", given).timestamp()).isEqualTo(millis);
  }

  @Test
  void readsTheVoteOfAPoll() {
    String voter = "3dCGu_wk4p_7ziIB6RmheQ";
    VoteEvent event =
        new VoteEvent(
            "pizza",
            1_760_000_000_123L,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of("random"),
            PollVote.of("1", "1760000000000-", voter));
    List<String> fields = new ArrayList<>();
    event.fields().forEach((name, value) -> fields.addAll(List.of(name, value)));
    assertThat(fields)
        .startsWith("choice", "pizza", "round", "1", "window", "1760000000000-", "voter", voter);
    assertThat(vote(fields.toArray(String[]::new))).isEqualTo(event);
  }

  /** Without a choice, what a poll's vote has are fields as any other. */
  @Test
  void aVoteForCatsIsOneWhateverElseItHas() {
    VoteEvent event = vote("round", "1", "option", "cats", "round", "2", "voter", "me");
    assertThat(event.option()).isEqualTo("cats");
    assertThat(event.poll()).isEmpty();
  }

  @Test
  void passesOverFieldsOfOtherVersions() {
    assertThat(vote("weight", "7", "option", "cats", "", "").option()).isEqualTo("cats");
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "2001:db8::1, 2001:db8:0:0:0:0:0:1",
    "::ffff:192.0.2.1, 192.0.2.1",
    "fe80::1%eth0, fe80:0:0:0:0:0:0:1",
    "unknown, ",
    "localhost, ",
    "192.0.2.1:80, ",
    "'', "
  })
  void keepsASourceIpThatIsOneAndNeverLooksAnythingUp(String given, String kept) {
    assertThat(vote("option", "cats", "source_ip", given).sourceIp())
        .isEqualTo(Optional.ofNullable(kept));
  }

  @Test
  void cutsALongUserAgentWithoutHalvingACharacter() {
    String agent = "x".repeat(VoteEvent.MAX_USER_AGENT - 1) + "\uD83D\uDC08 and more";
    assertThat(vote("option", "cats", "user_agent", agent).userAgent())
        .contains("x".repeat(VoteEvent.MAX_USER_AGENT - 1));
    assertThat(vote("option", "cats", "user_agent", "a\0b").userAgent()).contains("a\uFFFDb");
  }

  @ParameterizedTest
  @CsvSource({
    "no option, timestamp 1",
    "option is neither cats nor dogs, option Cats",
    "option is neither cats nor dogs, option ''",
    "option is given twice, option cats option dogs",
    "timestamp is not in milliseconds since 1970, option cats timestamp 2026-01-01",
    "timestamp is not in milliseconds since 1970, option cats timestamp -1",
    "timestamp is not in milliseconds since 1970, option cats timestamp 253402300800000",
    "timestamp is not in milliseconds since 1970, option cats timestamp 1e99",
    "timestamp is not in milliseconds since 1970, option cats timestamp 99999999999999999999",
    "timestamp is not in milliseconds since 1970, option cats timestamp NaN",
    "timestamp is not in milliseconds since 1970, option cats timestamp yesterday",
    "timestamp is not in milliseconds since 1970, option cats timestamp 2026-13-01T00:00:00Z",
    "timestamp is not in milliseconds since 1970, option cats timestamp 1969-12-31T23:59:59Z",
    "timestamp is not in milliseconds since 1970, option cats timestamp ''",
    "option and choice are both given, option cats choice cats round 1",
    "choice without round, choice pizza",
    "choice is not the key of an option, choice Pizza round 1",
    "choice is given twice, choice pizza choice salad round 1",
    "round is given twice, choice pizza round 1 round 2",
    "'round, window or voter has another form', choice pizza round 1 window 5",
    "'round, window or voter has another form', choice pizza round 1 voter me",
    "'round, window or voter has another form', choice pizza round One"
  })
  void saysWhyAnEntryIsNoVote(String reason, String fields) {
    assertThat(sort(fields.replace("''", " ").split(" ", -1)).dead())
        .singleElement()
        .extracting(DeadLetter::reason)
        .isEqualTo(reason);
  }

  @Test
  void knowsAnEntryThatWasDeletedBeforeItWasRead() {
    Batch batch = Batch.of(List.of(new StreamEntry("1-0", null)), true);
    assertThat(batch.deleted()).containsExactly("1-0");
    assertThat(batch.size()).isEqualTo(1);
  }

  /**
   * Whatever the bytes, an entry is a vote, or dead with a reason; and a vote's texts are storable.
   */
  @Test
  void understandsAnyBytes() {
    SplittableRandom random = new SplittableRandom(7);
    String[] names = {"option", "timestamp", "request_id", "source_ip", "user_agent", "\0"};
    for (int i = 0; i < 20_000; i++) {
      List<byte[]> fields = new ArrayList<>();
      for (int n = random.nextInt(8); n > 0; n--) {
        fields.add(names[random.nextInt(names.length)].getBytes(StandardCharsets.UTF_8));
        byte[] value = new byte[random.nextInt(20)];
        random.nextBytes(value);
        fields.add(random.nextBoolean() ? "cats".getBytes(StandardCharsets.UTF_8) : value);
      }
      Batch batch = Batch.of(List.of(new StreamEntry("1-0", fields)), true);
      assertThat(batch.votes().size() + batch.dead().size()).isEqualTo(1);
      for (Vote vote : batch.votes()) {
        assertThat(vote.event().userAgent().orElse("")).doesNotContain("\0");
        assertThat(vote.event().requestId().orElse("")).doesNotContain("\0");
      }
    }
  }

  private static VoteEvent vote(String... fields) {
    Batch batch = sort(fields);
    assertThat(batch.dead()).isEmpty();
    return batch.votes().getFirst().event();
  }

  private static Batch sort(String... fields) {
    List<byte[]> bytes = new ArrayList<>();
    for (String field : fields) {
      bytes.add(field.getBytes(StandardCharsets.UTF_8));
    }
    return Batch.of(List.of(new StreamEntry("1700000000000-5", bytes)), true);
  }
}
