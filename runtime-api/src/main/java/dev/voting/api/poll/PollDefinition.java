package dev.voting.api.poll;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What is asked, of whom and when, as {@code spec.poll} says.
 *
 * @param order of the options on the page
 * @param opensAt votes count from here on
 * @param closesAt votes count before this
 * @param results when they are shown
 * @param language of the page's own words
 */
public record PollDefinition(
    String title,
    List<Option> options,
    String order,
    String round,
    Optional<Instant> opensAt,
    Optional<Instant> closesAt,
    String results,
    String language,
    Ballots ballots) {

  /** What a round's name looks like. */
  public static final Pattern ROUND = Pattern.compile("[a-z0-9-]{1,40}");

  private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  /**
   * Something to vote for.
   *
   * @param retired whether it is off the ballot, while its votes count on
   */
  public record Option(String key, String label, Optional<String> emoji, boolean retired) {}

  /** Of whom only one ballot counts. */
  public enum Per {
    Request,
    Browser,
    Token
  }

  /**
   * Who has how many ballots.
   *
   * @param changeable whether the last ballot of a voter counts, or else the first
   * @param tokens how many there are
   */
  public record Ballots(Per per, boolean changeable, OptionalInt tokens) {

    /** Whether each vote says whose it is. */
    public boolean personal() {
      return per != Per.Request;
    }
  }

  /**
   * Reads a definition; fields that a newer version may have are ignored.
   *
   * @throws IllegalArgumentException if it is no definition; says why
   */
  static PollDefinition of(JsonTree json) {
    List<Option> options = json.objects("options").stream().map(PollDefinition::option).toList();
    String round = json.text("round").filter(name -> ROUND.matcher(name).matches()).orElse("");
    if (options.size() < 2 || round.isEmpty()) {
      throw new IllegalArgumentException("it has no round, or no options");
    }
    return new PollDefinition(
        json.text("title").orElse(""),
        options,
        json.text("order").orElse("Listed"),
        round,
        json.text("opensAt").map(PollDefinition::instant),
        json.text("closesAt").map(PollDefinition::instant),
        json.text("results").orElse("Live"),
        json.text("language").orElse("en"),
        json.object("ballots")
            .map(PollDefinition::ballots)
            .orElse(new Ballots(Per.Request, true, OptionalInt.empty())));
  }

  private static Option option(JsonTree json) {
    String key = json.text("key").filter(name -> KEY.matcher(name).matches()).orElse("");
    if (key.isEmpty()) {
      throw new IllegalArgumentException("an option has no key");
    }
    return new Option(
        key,
        json.text("label").orElse(key),
        json.text("emoji"),
        json.flag("retired").orElse(false));
  }

  private static Ballots ballots(JsonTree json) {
    return new Ballots(
        json.text("per").map(PollDefinition::per).orElse(Per.Request),
        json.flag("changeable").orElse(true),
        json.number("tokens")
            .map(tokens -> OptionalInt.of(Math.toIntExact(tokens)))
            .orElse(OptionalInt.empty()));
  }

  /** One that is unknown is an error: rather nobody votes than somebody twice. */
  private static Per per(String text) {
    return Arrays.stream(Per.values())
        .filter(per -> per.name().equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("ballots.per is unknown"));
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("opensAt or closesAt is no instant", e);
    }
  }

  /** Keys that can be voted for now, in order. */
  public List<String> ballot() {
    return options.stream().filter(option -> !option.retired()).map(Option::key).toList();
  }

  /** Whether no option's count may be seen before the round is final. */
  public boolean hidden() {
    return results.equals("AfterClose");
  }

  /** In milliseconds since 1970. */
  public OptionalLong opens() {
    return millis(opensAt);
  }

  /** In milliseconds since 1970. */
  public OptionalLong closes() {
    return millis(closesAt);
  }

  private static OptionalLong millis(Optional<Instant> instant) {
    return instant.map(at -> OptionalLong.of(at.toEpochMilli())).orElse(OptionalLong.empty());
  }
}
