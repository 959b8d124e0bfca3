package dev.voting.operator.status.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URLDecoder;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Takes out of other people's words what only a Secret may hold, before they get into a condition,
 * an Event or the log: what containers said as they ended, above all.
 */
public final class Redactor implements UnaryOperator<String> {

  private static final String MARK = "***";

  /** What is shorter may well be a part of any word, and is found by where it stands. */
  private static final int SHORTEST = 6;

  /** Keys of the Secrets whose values are no secrets. */
  private static final Set<String> PUBLIC =
      Set.of(
          Names.POSTGRES_USER,
          Names.LOGINS_IN_USE,
          Names.ROTATION,
          Names.TLS_CERTIFICATE,
          Names.TLS_TRUSTED,
          "next.crt",
          "previous.crt");

  /** A statement's literal, which may be cut off. */
  private static final Pattern LITERAL =
      Pattern.compile(
          "(\\bPASSWORD\\s+)(?:E|U&)?'(?:[^'\\\\]|''|\\\\.)*(?:'|\\\\?$)",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final Pattern SETTING =
      Pattern.compile("(PASSWORD\\w*=)[^\\s,;]+", Pattern.CASE_INSENSITIVE);

  private static final Pattern IN_URI =
      Pattern.compile("(\\b[a-z][a-z0-9+.-]*://[^\\s/:@]*:)[^\\s/@]+@", Pattern.CASE_INSENSITIVE);

  private final List<String> secrets;

  private Redactor(Stream<String> secrets) {
    this.secrets =
        secrets
            .filter(secret -> secret.length() >= SHORTEST)
            .distinct()
            // The longest first, as one may be a part of another.
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /**
   * Knows every value of a VotingApp's Secrets, as they are and as they are to be.
   *
   * @param blueprint holds the Secrets that should be
   * @param view holds those that are
   */
  public static Redactor of(Blueprint blueprint, ObservedState view) {
    return new Redactor(
        Stream.concat(
                blueprint.objects().filter(Secret.class::isInstance).map(Secret.class::cast),
                view.all(Secret.class).stream())
            .flatMap(Redactor::values));
  }

  private static Stream<String> values(Secret secret) {
    return Optional.ofNullable(secret.getData()).stream()
        .flatMap(data -> data.entrySet().stream())
        .filter(entry -> !PUBLIC.contains(entry.getKey()))
        .map(entry -> new String(Base64.getDecoder().decode(entry.getValue()), UTF_8))
        .flatMap(value -> Stream.concat(value.lines(), passwords(value)));
  }

  /** A URI's password, as it stands there and as it is meant. */
  private static Stream<String> passwords(String value) {
    var at = value.lastIndexOf('@');
    var scheme = value.indexOf("://");
    var colon = value.indexOf(':', scheme + 3);
    if (scheme < 0 || colon < 0 || at < colon) {
      return Stream.empty();
    }
    var password = value.substring(colon + 1, at);
    return Stream.of(password, decoded(password));
  }

  private static String decoded(String password) {
    try {
      return URLDecoder.decode(password.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException e) {
      return password;
    }
  }

  @Override
  public String apply(String words) {
    var redacted = words;
    for (var secret : secrets) {
      redacted = redacted.replace(secret, MARK);
    }
    return known(redacted);
  }

  /** Without what is a password by where it stands, whoever's it is. */
  public static String known(String words) {
    var statements = LITERAL.matcher(words).replaceAll("$1'" + MARK + "'");
    var settings = SETTING.matcher(statements).replaceAll("$1" + MARK);
    return IN_URI.matcher(settings).replaceAll("$1" + MARK + "@");
  }
}
