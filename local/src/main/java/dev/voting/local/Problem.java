package dev.voting.local;

/** Something that a person has to mend; the message says what and how, one line per problem. */
sealed class Problem extends RuntimeException permits InvalidInput {
  private static final long serialVersionUID = 1L;

  Problem(String message) {
    super(message);
  }

  Problem(String message, Throwable cause) {
    super(message, cause);
  }
}
