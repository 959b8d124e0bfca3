package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * A question of the user's own, in place of cats and dogs.
 *
 * <p>The rules compare one revision with the next one. What they cannot see, as when the poll is
 * taken away and brought back, the database refuses.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.options.filter(o, !has(o.retired) || !o.retired).size() >= 2",
    message = "two options must stay on the ballot: set retired: false, or add one",
    fieldPath = ".options")
@ValidationRule(
    value = "self.options.all(o, o.key != 'total')",
    message = "\"total\" is the name of the sum in the results: choose another key",
    fieldPath = ".options")
@ValidationRule(
    value = "self.options.all(a, self.options.exists_one(b, b.label == a.label))",
    message = "two options have the same label: nobody could tell them apart",
    fieldPath = ".options")
@ValidationRule(
    value = "!has(self.opensAt) || !has(self.closesAt) || self.closesAt > self.opensAt",
    message = "closesAt must be after opensAt",
    fieldPath = ".closesAt")
@ValidationRule(
    value = "(self.ballots.per == 'Token') == has(self.ballots.tokens)",
    message = "tokens belongs to ballots.per Token, which needs it: say how many voters there are",
    fieldPath = ".ballots.tokens")
@ValidationRule(
    value = Rules.ANOTHER_ROUND + "oldSelf.options.all(o, self.options.exists(n, n.key == o.key))",
    message =
        "keys stay within a round: set retired: true instead of removing one, or choose another"
            + " round",
    fieldPath = ".options")
@ValidationRule(
    value =
        Rules.ANOTHER_ROUND
            + "oldSelf.options.all(o, self.options.all(n, n.key == o.key || n.label != o.label))",
    message =
        "a label moves to another key, which would turn votes around: choose another label, or"
            + " another round",
    fieldPath = ".options")
@ValidationRule(
    value =
        "!has(self.opensAt) || !self.opensAt.contains('-02-29T')"
            + " || int(self.opensAt.substring(0, 4)) % 4 == 0",
    message = "opensAt is no day of the calendar",
    fieldPath = ".opensAt")
@ValidationRule(
    value =
        "!has(self.closesAt) || !self.closesAt.contains('-02-29T')"
            + " || int(self.closesAt.substring(0, 4)) % 4 == 0",
    message = "closesAt is no day of the calendar",
    fieldPath = ".closesAt")
@ValidationRule(
    value = Rules.ANOTHER_ROUND + "self.results == oldSelf.results",
    message = "results stays within a round: choose another round",
    fieldPath = ".results")
@ValidationRule(
    value =
        Rules.ANOTHER_ROUND
            + "self.ballots.per == oldSelf.ballots.per"
            + " && self.ballots.changeable == oldSelf.ballots.changeable",
    message = "ballots stays within a round: choose another round",
    fieldPath = ".ballots")
@ValidationRule(
    value =
        Rules.ANOTHER_ROUND
            + "!has(oldSelf.ballots.tokens) || !has(self.ballots.tokens)"
            + " || self.ballots.tokens >= oldSelf.ballots.tokens",
    message = "tokens may grow, and not shrink, within a round",
    fieldPath = ".ballots.tokens")
public record PollSpec(
    @JsonPropertyDescription("The question, as the page shows it: 1 to 140 characters.")
        @Required
        @Size(min = 1, max = 140)
        @Pattern(Patterns.PRINTABLE)
        String title,
    @JsonPropertyDescription("What one can vote for, in the order of the page: 2 to 20.")
        @Required
        @Size(min = 2, max = 20)
        List<Option> options,
    @JsonPropertyDescription(
            "The order on the ballot. Shuffled: another one for each visitor, so that no option"
                + " profits from being the first.")
        Order order,
    @JsonPropertyDescription(
            "Another word begins a round of its own, from zero; an earlier one returns to that"
                + " round and its counts. Lower-case letters, digits and dashes; in quotes.")
        @Size(min = 1, max = 40)
        @Pattern("^[a-z0-9-]{1,40}$")
        String round,
    @JsonPropertyDescription(
            "When voting begins, in UTC and whole seconds, such as 2026-12-01T18:00:00Z. By default"
                + " at once.")
        @Size(max = 20)
        @Pattern(Patterns.UTC_SECOND)
        String opensAt,
    @JsonPropertyDescription(
            "When voting ends; a vote counts if Redis has it before. By default never. A moment that"
                + " has passed closes at once.")
        @Size(max = 20)
        @Pattern(Patterns.UTC_SECOND)
        String closesAt,
    @JsonPropertyDescription(
            "When the counts are shown. AfterClose: once the round is final, and until then only how"
                + " many votes there are.")
        Results results,
    @JsonPropertyDescription("Language of the page's own words.") Language language,
    @JsonPropertyDescription("What counts as one voter, and which of a voter's ballots counts.")
        Ballots ballots) {

  /** The order on the ballot. */
  public enum Order {
    Listed,
    Shuffled
  }

  /** When the counts are shown. */
  public enum Results {
    Live,
    AfterClose
  }

  /** Languages of the page's own words. */
  public enum Language {
    en,
    de,
    fr,
    es,
    ja
  }

  /** What counts as one voter. */
  public enum Per {
    Request,
    Browser,
    Token
  }

  public PollSpec {
    options = List.copyOf(or(options, List.of()));
    order = or(order, Order.Listed);
    round = or(round, "1");
    results = or(results, Results.Live);
    language = or(language, Language.en);
    ballots = or(ballots, new Ballots(null, null, null));
  }

  /** Something that one can vote for. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Option(
      @JsonPropertyDescription(
              "Its name for programs and in the results, which never changes within a round: up to 32"
                  + " lower-case letters, digits and dashes, a letter first; not \"total\".")
          @Required
          @Size(max = 32)
          @Pattern("^[a-z][a-z0-9-]{0,31}$")
          String key,
      @JsonPropertyDescription("Its name for people, 1 to 60 characters; no two have the same.")
          @Required
          @Size(min = 1, max = 60)
          @Pattern(Patterns.PRINTABLE)
          String label,
      @JsonPropertyDescription("Its picture. By default the label's first letter.")
          @Size(min = 1, max = 16)
          @Pattern(Patterns.PRINTABLE)
          String emoji,
      @JsonPropertyDescription("True: off the ballot, while its votes still count.")
          Boolean retired) {

    public Option {
      retired = or(retired, false);
    }
  }

  /** What counts as one voter. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Ballots(
      @JsonPropertyDescription(
              "Request: each vote counts. Browser: one ballot for each browser, by a cookie, which is"
                  + " a courtesy and no defence. Token: one for each of the links that votingapp"
                  + " tokens prints.")
          Per per,
      @JsonPropertyDescription("True: the last ballot of a voter counts. False: the first one.")
          Boolean changeable,
      @JsonPropertyDescription(
              "How many tokens there are. With per Token only; it may grow within a round.")
          @Min(1)
          @Max(1000000)
          Integer tokens) {

    public Ballots {
      per = or(per, Per.Request);
      changeable = or(changeable, true);
    }
  }
}
