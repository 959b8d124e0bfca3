package dev.voting.local.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Secret;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the contents of Secrets out of texts, in every form that they may have there, and what a
 * server logs of a row or a statement, which may be a vote.
 */
public final class Redaction {
  public static final String MASK = "***";

  /** Keys of Secrets whose values say nothing to anyone, and would make logs unreadable. */
  private static final Pattern PUBLIC =
      Pattern.compile(".*(_USER|\\.crt|ROTATION|LOGINS_IN_USE)|user|username|namespace");

  /** Shorter ones are parts of other words; none is logged in the first place. */
  private static final int SHORTEST = 4;

  private static final Pattern URL_PASSWORD = Pattern.compile("://[^:@/]*:([^@/]+)@");

  /** With the lines that continue it. */
  private static final Pattern ROWS =
      Pattern.compile("((?:DETAIL|STATEMENT|QUERY): ).*(?:\\R\t.*)*");

  /** The longest first, as one may be part of another. */
  private final List<String> hidden;

  private Redaction(Collection<String> hidden) {
    this.hidden = hidden.stream().sorted(Comparator.comparing(String::length).reversed()).toList();
  }

  public static Redaction of(List<Secret> secrets) {
    Collection<String> hidden = new TreeSet<>();
    for (Secret secret : secrets) {
      Optional.ofNullable(secret.getData()).orElse(Map.of()).entrySet().stream()
          .filter(entry -> entry.getValue() != null)
          .filter(entry -> !PUBLIC.matcher(entry.getKey()).matches())
          .forEach(
              entry ->
                  add(new String(Base64.getDecoder().decode(entry.getValue()), UTF_8), hidden));
    }
    return new Redaction(hidden);
  }

  private static void add(String value, Collection<String> hidden) {
    List<String> plain = new ArrayList<>(List.of(value, value.strip()));
    value.lines().map(String::strip).forEach(plain::add);
    Matcher url = URL_PASSWORD.matcher(value);
    if (url.find()) {
      plain.add(url.group(1));
      plain.add(URLDecoder.decode(url.group(1).replace("+", "%2B"), UTF_8));
    }
    for (String one : plain) {
      if (one.length() >= SHORTEST) {
        hidden.add(one);
        hidden.add(Base64.getEncoder().encodeToString(one.getBytes(UTF_8)));
        hidden.add(URLEncoder.encode(one, UTF_8));
        hidden.add(URLEncoder.encode(one, UTF_8).replace("+", "%20"));
      }
    }
  }

  /** The text without them. */
  public String of(String text) {
    String clean = text;
    for (String one : hidden) {
      clean = clean.replace(one, MASK);
    }
    return ROWS.matcher(clean).replaceAll("$1" + Matcher.quoteReplacement(MASK));
  }
}
