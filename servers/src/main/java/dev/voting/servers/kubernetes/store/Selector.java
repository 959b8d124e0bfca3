package dev.voting.servers.kubernetes.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The {@code labelSelector} and {@code fieldSelector} of a list or a watch. */
public final class Selector {

  private static final Pattern SET =
      Pattern.compile("\\s*(\\S+?)\\s+(in|notin)\\s*\\(([^)]*)\\)\\s*");
  private static final Pattern EQUAL =
      Pattern.compile("\\s*([^\\s!=]+)\\s*(==|=|!=)\\s*([^\\s]*)\\s*");
  private static final Pattern EXISTS = Pattern.compile("\\s*(!?)\\s*([^\\s!=,()]+)\\s*");
  private static final Pattern COMMA_OUTSIDE_PARENTHESES = Pattern.compile(",(?![^(]*\\))");

  private Selector() {}

  /**
   * What an object must fulfil to be selected.
   *
   * @throws ApiException 400 when a selector cannot be read
   */
  public static Predicate<StoredObject> of(String labelSelector, String fieldSelector) {
    return labels(labelSelector).and(fields(fieldSelector));
  }

  static Predicate<StoredObject> labels(String selector) {
    Predicate<StoredObject> all = object -> true;
    if (selector == null || selector.isBlank()) {
      return all;
    }
    for (String requirement : COMMA_OUTSIDE_PARENTHESES.split(selector)) {
      Predicate<JsonNode> labels = requirement(requirement);
      all = all.and(object -> labels.test(object.metadata().path("labels")));
    }
    return all;
  }

  private static Predicate<JsonNode> requirement(String text) {
    Matcher set = SET.matcher(text);
    if (set.matches()) {
      String label = set.group(1);
      boolean wanted = set.group(2).equals("in");
      Set<String> values =
          Arrays.stream(set.group(3).split(",")).map(String::trim).collect(Collectors.toSet());
      return labels ->
          wanted == (labels.has(label) && values.contains(labels.path(label).asText()));
    }
    Matcher equal = EQUAL.matcher(text);
    if (equal.matches()) {
      String label = equal.group(1);
      boolean wanted = !equal.group(2).equals("!=");
      String value = equal.group(3);
      return labels -> wanted == (labels.has(label) && labels.path(label).asText().equals(value));
    }
    Matcher exists = EXISTS.matcher(text);
    if (exists.matches()) {
      String label = exists.group(2);
      boolean wanted = exists.group(1).isEmpty();
      return labels -> wanted == labels.has(label);
    }
    throw ApiException.badRequest("unable to parse requirement: " + text.trim());
  }

  private static Predicate<StoredObject> fields(String selector) {
    Predicate<StoredObject> all = object -> true;
    if (selector == null || selector.isBlank()) {
      return all;
    }
    for (String requirement : selector.split(",")) {
      Matcher equal = EQUAL.matcher(requirement);
      if (!equal.matches()) {
        throw ApiException.badRequest(
            "invalid selector: '" + requirement + "'; can't understand it");
      }
      String[] path = equal.group(1).split("\\.");
      boolean wanted = !equal.group(2).equals("!=");
      String value = equal.group(3);
      all = all.and(object -> wanted == Json.text(object.tree(), path).equals(value));
    }
    return all;
  }
}
