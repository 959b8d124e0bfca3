package dev.voting.local.page;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The variables of one request: nginx's own, those of {@code map} blocks, and captures. */
final class Variables {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$(?:\\{(?<braced>\\w+)\\}|(?<plain>\\w+))");

  private final PageRequest request;
  private final List<Directive> maps;
  private final Map<String, String> known = new HashMap<>();

  /**
   * @param maps the {@code map} blocks of the configuration
   */
  Variables(PageRequest request, List<Directive> maps) {
    this.request = request;
    this.maps = maps;
  }

  void set(String name, String value) {
    known.put(name, value);
  }

  /** The text with every {@code $name} replaced; one that has no value is empty. */
  String expand(String text) {
    return REFERENCE
        .matcher(text)
        .replaceAll(
            match -> {
              String name =
                  match.group("braced") != null ? match.group("braced") : match.group("plain");
              return Matcher.quoteReplacement(value(name));
            });
  }

  private String value(String name) {
    if (known.containsKey(name)) {
      return known.get(name);
    }
    for (Directive map : maps) {
      if (map.argument(1).equals("$" + name)) {
        return mapped(map);
      }
    }
    if (name.startsWith("http_")) {
      String header = name.substring("http_".length()).replace('_', '-');
      return request.headers().getOrDefault(header.toLowerCase(Locale.ROOT), "");
    }
    return switch (name) {
      case "request_uri" -> request.uri();
      case "uri" -> request.path();
      case "request_method" -> request.method();
      case "scheme" -> "http";
      default -> "";
    };
  }

  /** Plain values first, then regular expressions in their order, then the default. */
  private String mapped(Directive map) {
    String source = expand(map.argument(0));
    String otherwise = "";
    for (Directive entry : map.block()) {
      if (entry.name().equals("default")) {
        otherwise = entry.argument(0);
      } else if (entry.name().equalsIgnoreCase(source)) {
        return expand(entry.argument(0));
      }
    }
    for (Directive entry : map.block()) {
      if (entry.name().startsWith("~") && pattern(entry.name()).matcher(source).find()) {
        return expand(entry.argument(0));
      }
    }
    return expand(otherwise);
  }

  /** {@code ~pattern} minds case, {@code ~*pattern} does not. */
  static Pattern pattern(String text) {
    return text.startsWith("~*")
        ? Pattern.compile(text.substring(2), Pattern.CASE_INSENSITIVE)
        : Pattern.compile(text.substring(1));
  }
}
