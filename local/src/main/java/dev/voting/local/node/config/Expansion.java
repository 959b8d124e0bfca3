package dev.voting.local.node.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kubernetes' own {@code $(VAR)} references in env values, command and args. */
public final class Expansion {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$(?:(?<escaped>\\$)|\\((?<name>[-._a-zA-Z][-._a-zA-Z0-9]*)\\))");

  private Expansion() {}

  /**
   * {@code $(NAME)} becomes the variable's value, {@code $$} a single dollar; a reference to an
   * unknown variable stays as it is, as in Kubernetes.
   */
  public static String expand(String text, Map<String, String> variables) {
    return REFERENCE
        .matcher(text)
        .replaceAll(
            match -> {
              String found =
                  match.group("escaped") != null
                      ? "$"
                      : variables.getOrDefault(match.group("name"), match.group());
              return Matcher.quoteReplacement(found);
            });
  }
}
