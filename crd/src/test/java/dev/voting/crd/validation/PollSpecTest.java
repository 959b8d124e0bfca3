package dev.voting.crd.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.crd.PollSpec;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server takes of a poll, and of a change of one. Each refusal names the field. */
class PollSpecTest {

  private static final String TWO =
      "options: [{key: pizza, label: Pizza}, {key: salad, label: Salad}]";
  private static final String THREE =
      "options: [{key: pizza, label: Pizza}, {key: salad, label: Salad}, {key: soup, label: Soup}]";

  private final CrdValidator validator = CrdValidator.of(VotingAppCrd.read(), VotingApp.VERSION);

  @Test
  void whatIsLeftOutHasADefault() {
    var object = poll("title: Lunch?, " + TWO);
    assertThat(validator.validate(object)).isEmpty();
    assertThat(object.at("/spec/poll"))
        .isEqualTo(
            Serialization.unmarshal(
                """
                title: Lunch?
                options:
                - {key: pizza, label: Pizza, retired: false}
                - {key: salad, label: Salad, retired: false}
                order: Listed
                round: "1"
                results: Live
                language: en
                ballots: {per: Request, changeable: true}
                """,
                JsonNode.class));
    // The operator reads the same, also where the server filled in nothing.
    assertThat(read("{title: Lunch?, %s}".formatted(TWO)))
        .isEqualTo(
            new KubernetesSerialization().convertValue(object.at("/spec/poll"), PollSpec.class));
  }

  @Test
  void aPartOfTheBallotsKeepsTheOthersDefaults() {
    var object = poll("title: a, " + TWO + ", ballots: {per: Token, tokens: 3}");
    assertThat(validator.validate(object)).isEmpty();
    assertThat(object.at("/spec/poll/ballots/changeable").asBoolean()).isTrue();
  }

  @Test
  void withoutAPollThereIsNone() {
    assertThat(validator.defaulted(app("{}")).at("/spec").has("poll")).isFalse();
    assertThat(new VotingApp().getSpec().poll()).isNull();
  }

  @Test
  void everyFieldCanBeGiven() {
    assertThat(
            problems(
                """
                title: "Mittagessen? 🍽 – ja, nein"
                options:
                - {key: pizza, label: "Pizza 'Ü'", emoji: 🍕}
                - {key: family-1, label: "家族", emoji: 👨‍👩‍👧‍👦}
                - {key: soup, label: Soup, retired: true}
                order: Shuffled
                round: 2026-b
                opensAt: "2026-12-01T18:00:00Z"
                closesAt: "2026-12-01T18:05:00Z"
                results: AfterClose
                language: de
                ballots: {per: Token, changeable: false, tokens: 500}
                """))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "de", "fr", "es", "ja"})
  void theLanguagesOfThePage(String language) {
    assertThat(problems("{title: a, %s, language: %s}".formatted(TWO, language))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "title: a | spec.poll.options: Required value",
        "options: [{key: a, label: A}, {key: b, label: B}] | spec.poll.title: Required value",
        "title: '' | spec.poll.title: ",
        "title: \"a\\nb\" | spec.poll.title: ",
        "title: \"a\\u202Eb\" | spec.poll.title: ",
        "title: \"a\\u2066b\" | spec.poll.title: ",
        "title: \"a\\u0085b\" | spec.poll.title: ",
        "options: [{key: a, label: A}] | spec.poll.options: ",
        "options: [{key: a, label: A}, {key: a, label: B}] | spec.poll.options[1]: Duplicate value",
        "options: [{key: true, label: A}, {key: b, label: B}] | spec.poll.options[0].key: ",
        "options: [{key: A, label: A}, {key: b, label: B}] | spec.poll.options[0].key: ",
        "options: [{key: 1a, label: A}, {key: b, label: B}] | spec.poll.options[0].key: ",
        "options: [{key: a_b, label: A}, {key: b, label: B}] | spec.poll.options[0].key: ",
        "options: [{key: a, label: ''}, {key: b, label: B}] | spec.poll.options[0].label: ",
        "options: [{label: A}, {key: b, label: B}] | spec.poll.options[0].key: Required value",
        "options: [{key: a}, {key: b, label: B}] | spec.poll.options[0].label: Required value",
        "round: 1 | spec.poll.round: ",
        "round: A | spec.poll.round: ",
        "round: '' | spec.poll.round: ",
        "opensAt: '2026-12-01' | spec.poll.opensAt: ",
        "opensAt: '2026-12-01T18:00:00+01:00' | spec.poll.opensAt: ",
        "opensAt: '2026-12-01T18:00:00.5Z' | spec.poll.opensAt: ",
        "opensAt: '2026-12-01T24:00:00Z' | spec.poll.opensAt: ",
        "closesAt: '2026-02-30T18:00:00Z' | spec.poll.closesAt: ",
        "closesAt: '2026-04-31T18:00:00Z' | spec.poll.closesAt: ",
        "order: Random | spec.poll.order: ",
        "results: Never | spec.poll.results: ",
        "language: tlh | spec.poll.language: ",
        "ballots: {per: Person} | spec.poll.ballots.per: ",
        "ballots: {per: Token, tokens: 0} | spec.poll.ballots.tokens: ",
        "ballots: {per: Token, tokens: 1000001} | spec.poll.ballots.tokens: "
      })
  void whatTheSchemaRefuses(String part, String field) {
    var given = new StringBuilder(part);
    if (!part.startsWith("title") && !part.startsWith("options: [{key: a, label: A}, {key: b")) {
      given.append("\ntitle: a");
    }
    if (!part.startsWith("options") && !part.equals("title: a")) {
      given.append('\n').append(TWO);
    }
    assertThat(problems(given.toString())).anyMatch(problem -> problem.startsWith(field));
  }

  @Test
  void texts() {
    assertThat(problems("{title: %s, %s}".formatted("é".repeat(140), TWO))).isEmpty();
    assertThat(problems("{title: %s, %s}".formatted("é".repeat(141), TWO)))
        .anyMatch(problem -> problem.startsWith("spec.poll.title: Too long"));
    var options = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      options.append("{key: k%d, label: %s%02d},".formatted(i, "語".repeat(58), i));
    }
    assertThat(problems("{title: a, options: [%s]}".formatted(options))).isEmpty();
    assertThat(problems("{title: a, options: [%s {key: k, label: k}]}".formatted(options)))
        .anyMatch(problem -> problem.startsWith("spec.poll.options: Too many"));
  }

  @Test
  void r1TwoOptionsStayOnTheBallot() {
    assertRefused(
        "{title: a, options: [{key: a, label: A}, {key: b, label: B, retired: true}]}",
        "spec.poll.options: Invalid value: two options must stay on the ballot");
  }

  @Test
  void r2TotalIsNoKey() {
    assertRefused(
        "{title: a, options: [{key: a, label: A}, {key: total, label: B}]}",
        "spec.poll.options: Invalid value: \"total\" is the name of the sum");
  }

  @Test
  void r3NoTwoLabelsAreTheSame() {
    assertRefused(
        "{title: a, options: [{key: a, label: A}, {key: b, label: A}]}",
        "spec.poll.options: Invalid value: two options have the same label");
  }

  @Test
  void r4ItClosesAfterItOpens() {
    for (var closes : List.of("2026-12-01T18:00:00Z", "2026-12-01T17:59:59Z")) {
      assertRefused(
          "{title: a, %s, opensAt: '2026-12-01T18:00:00Z', closesAt: '%s'}".formatted(TWO, closes),
          "spec.poll.closesAt: Invalid value: closesAt must be after opensAt");
    }
  }

  @Test
  void r5TokensAndPerTokenBelongTogether() {
    for (var ballots : List.of("per: Token", "per: Browser, tokens: 3", "tokens: 3")) {
      assertRefused(
          "{title: a, %s, ballots: {%s}}".formatted(TWO, ballots),
          "spec.poll.ballots.tokens: Invalid value: tokens belongs to ballots.per Token");
    }
  }

  @Test
  void r6KeysStayWithinARound() {
    assertChangeRefused(THREE, TWO, "spec.poll.options: Invalid value: keys stay within a round");
    assertTaken(TWO, THREE);
    assertTaken(
        THREE,
        "options: [{key: soup, label: Soup}, {key: pizza, label: Pizza, retired: true}, {key: salad,"
            + " label: Green salad, emoji: 🥗}]");
  }

  @Test
  void r7NoLabelMovesToAnotherKey() {
    assertChangeRefused(
        TWO,
        "options: [{key: pizza, label: Salad}, {key: salad, label: Pizza}]",
        "spec.poll.options: Invalid value: a label moves to another key");
    assertChangeRefused(
        TWO,
        "options: [{key: pizza, label: Pasta}, {key: salad, label: Pizza}]",
        "spec.poll.options: Invalid value: a label moves to another key");
  }

  @Test
  void r8A29thOfFebruaryIsInALeapYear() {
    for (var field : List.of("opensAt", "closesAt")) {
      assertThat(problems("{title: a, %s, %s: '2028-02-29T10:00:00Z'}".formatted(TWO, field)))
          .isEmpty();
      assertRefused(
          "{title: a, %s, %s: '2026-02-29T10:00:00Z'}".formatted(TWO, field),
          "spec.poll.%1$s: Invalid value: %1$s is no day of the calendar".formatted(field));
    }
  }

  @Test
  void r9ResultsStayWithinARound() {
    for (var results : List.of("Live", "AfterClose")) {
      var other = results.equals("Live") ? "AfterClose" : "Live";
      assertChangeRefused(
          TWO + ", results: " + results,
          TWO + ", results: " + other,
          "spec.poll.results: Invalid value: results stays within a round");
    }
  }

  @Test
  void r10BallotsStayWithinARound() {
    for (var after : List.of("per: Browser", "changeable: false", "per: Token, tokens: 3")) {
      assertChangeRefused(
          TWO,
          TWO + ", ballots: {%s}".formatted(after),
          "spec.poll.ballots: Invalid value: ballots stays within a round");
    }
  }

  @Test
  void r11TokensOnlyGrowWithinARound() {
    var before = TWO + ", ballots: {per: Token, tokens: 500}";
    assertChangeRefused(
        before,
        TWO + ", ballots: {per: Token, tokens: 499}",
        "spec.poll.ballots.tokens: Invalid value: tokens may grow, and not shrink");
    assertTaken(before, TWO + ", ballots: {per: Token, tokens: 501}");
  }

  @Test
  void anotherRoundMayChangeAll() {
    assertTaken(
        THREE + ", results: AfterClose, ballots: {per: Token, tokens: 500}",
        "options: [{key: soup, label: Pizza}, {key: pizza, label: Soup}], round: '2', ballots: {per:"
            + " Browser, changeable: false}");
  }

  @Test
  void timesAndWordsMayChangeWithinARound() {
    assertTaken(
        TWO + ", closesAt: '2026-12-01T18:05:00Z'",
        TWO + ", opensAt: '2026-11-01T18:05:00Z', order: Shuffled, language: ja");
  }

  @Test
  void aPollMayComeAndGo() {
    var with = poll("title: a, " + TWO);
    var without = validator.defaulted(app("{}"));
    assertThat(validator.validate(with, without)).isEmpty();
    assertThat(validator.validate(without, with)).isEmpty();
  }

  private void assertTaken(String before, String after) {
    assertThat(validator.validate(poll("title: b, " + after), poll("title: a, " + before)))
        .isEmpty();
  }

  private void assertChangeRefused(String before, String after, String problem) {
    assertThat(validator.validate(poll("title: a, " + after), poll("title: a, " + before)))
        .extracting(Violation::toString)
        .singleElement()
        .asString()
        .startsWith(problem);
  }

  private void assertRefused(String poll, String problem) {
    assertThat(problems(poll)).singleElement().asString().startsWith(problem);
  }

  private List<String> problems(String poll) {
    var yaml = poll.startsWith("{") ? poll : "\n" + poll.indent(4);
    return validator.validate(validator.defaulted(app("\n  poll: " + yaml))).stream()
        .map(Violation::toString)
        .toList();
  }

  private ObjectNode poll(String fields) {
    return validator.defaulted(app("{poll: {%s}}".formatted(fields)));
  }

  private static PollSpec read(String poll) {
    return Serialization.unmarshal(
            "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\nspec: {poll: %s}".formatted(poll),
            VotingApp.class)
        .getSpec()
        .poll();
  }

  private static ObjectNode app(String spec) {
    return Serialization.unmarshal(
        "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\nmetadata: {name: voting}\nspec: " + spec,
        ObjectNode.class);
  }
}
