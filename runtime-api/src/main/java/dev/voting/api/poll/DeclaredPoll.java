package dev.voting.api.poll;

import java.util.Set;

/**
 * A definition and its place among all that were declared.
 *
 * @param seq grows with each definition that comes into force; 0 for one that is not declared yet
 * @param revision which one of its round it is; 0 for one that is not declared yet
 * @param ballot the keys that can be voted for
 */
public record DeclaredPoll(long seq, int revision, PollDefinition definition, Set<String> ballot) {

  /** How many digits of its number stand in front of a poll in Redis. */
  public static final int DIGITS = 20;

  public DeclaredPoll(long seq, int revision, PollDefinition definition) {
    this(seq, revision, definition, Set.copyOf(definition.ballot()));
  }

  /**
   * What Redis holds: the number, in 20 digits, and JSON.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static DeclaredPoll inForce(String document) {
    if (document.length() <= DIGITS) {
      throw new IllegalArgumentException("it is too short");
    }
    JsonTree json = JsonTree.parse(document.substring(DIGITS));
    return new DeclaredPoll(
        json.number("seq").orElseThrow(() -> new IllegalArgumentException("it has no number")),
        Math.toIntExact(json.number("revision").orElse(0L)),
        PollDefinition.of(
            json.object("definition")
                .orElseThrow(() -> new IllegalArgumentException("it has no definition"))));
  }

  /**
   * A definition of which nobody knows whether it is declared.
   *
   * @throws IllegalArgumentException if it is none
   */
  static DeclaredPoll undeclared(String definition) {
    return new DeclaredPoll(0, 0, PollDefinition.of(JsonTree.parse(definition)));
  }

  public String round() {
    return definition.round();
  }
}
