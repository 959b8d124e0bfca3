package dev.voting.crd.validation;

/**
 * One thing wrong with an object.
 *
 * @param field the path of the field, such as {@code spec.api.replicas}; {@code <nil>} for the
 *     object as a whole, as Kubernetes writes it
 * @param reason Kubernetes' word for what kind of wrong it is, such as {@code FieldValueInvalid}
 * @param message what is wrong, such as {@code Invalid value: 500: …}
 */
public record Violation(String field, String reason, String message) {

  /** The path of the object as a whole. */
  public static final String WHOLE = "<nil>";

  static Violation invalid(String path, String what) {
    return new Violation(named(path), "FieldValueInvalid", "Invalid value: " + what);
  }

  static Violation of(String path, String reason, String message) {
    return new Violation(named(path), reason, message);
  }

  private static String named(String path) {
    return path.isEmpty() ? WHOLE : path;
  }

  @Override
  public String toString() {
    return field + ": " + message;
  }
}
