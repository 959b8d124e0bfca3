package dev.voting.operator.blueprint.page;

import dev.voting.operator.blueprint.Checksum;
import dev.voting.operator.blueprint.Files;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The web page: its files, and the rules by which they are served. The nginx.conf is rendered from
 * these rules, and the local page server applies them itself.
 */
public final class Page {

  /** The server's own file, which it does not serve. */
  public static final String NGINX_CONF = "nginx.conf";

  /** The file for {@code /}, also by its own name. */
  public static final String INDEX = "/index.html";

  /** The file that answers all other addresses, with status 404. */
  public static final String NOT_FOUND = "/404.html";

  /** The address for probes. */
  public static final String HEALTH = "/health";

  /** What {@link #HEALTH} answers, as one line. */
  public static final String HEALTHY = "ok";

  /** The addresses of the other files; {@code file} is the file. */
  public static final Pattern ASSET =
      Pattern.compile("^/assets/[0-9a-zA-Z]+/(?<file>[a-z-]+\\.(css|js|json|svg))$");

  /** Media types by the ending of the file's name; all are compressed, from a size on. */
  public static final Map<String, String> TYPES = types();

  /** The size in bytes from which a file is compressed. */
  public static final int COMPRESSED_FROM = 512;

  /** Headers of every answer, errors included. */
  public static final Map<String, String> HEADERS = headers();

  /** Only behind TLS. */
  public static final String STRICT_TRANSPORT_SECURITY = "max-age=31536000; includeSubDomains";

  private static final String FOLDER = "/dev/voting/operator/page";

  /** Where a file needs the hash of all files, so that browsers keep them until one changes. */
  private static final String CONTENT_HASH = "@CONTENT_HASH@";

  private static final String NO_STORE = "no-store";

  /** By status and address; the first that matches counts. */
  private static final List<CacheRule> CACHE_RULES =
      List.of(
          new CacheRule("^(200|304) /(index\\.html)?(\\?.*)?$", "no-cache"),
          new CacheRule(
              "^(200|206|304) /assets/" + CONTENT_HASH + "/[a-z-]+\\.[a-z]+$",
              "public, max-age=31536000, immutable"));

  private static final List<String> NAMES =
      List.of(
          "404.html",
          "announcer.js",
          "ballot-view.js",
          "ballot.js",
          "cats.svg",
          "config.json",
          "contest.js",
          "dogs.svg",
          "favicon.svg",
          "feed.js",
          "index.html",
          "main.js",
          "page.css",
          "poll-view.js",
          "poll.js",
          "qr.js",
          "results-view.js",
          "screen.js",
          "storage.js",
          "texts-de.js",
          "texts-es.js",
          "texts-fr.js",
          "texts-ja.js",
          "texts.js",
          "token.js",
          "vote-api.js");

  private static final Map<String, String> TEMPLATES = templates();

  private static final String HASH = Checksum.of(TEMPLATES).substring(0, 12);

  /** The files by name, the same for every VotingApp. */
  public static final Map<String, String> FILES = files();

  private record CacheRule(String statusAndAddress, String value) {
    boolean matches(int status, String address) {
      return Pattern.compile(statusAndAddress.replace(CONTENT_HASH, HASH))
          .matcher(status + " " + address)
          .find();
    }
  }

  private Page() {}

  /** The Content-Type of a media type: text is in UTF-8. */
  public static String contentType(String type) {
    return type.startsWith("text/") ? type + "; charset=utf-8" : type;
  }

  /**
   * How long an answer is cached.
   *
   * @param address as it was requested, with its query
   */
  public static String cacheControl(int status, String address) {
    return CACHE_RULES.stream()
        .filter(rule -> rule.matches(status, address))
        .map(CacheRule::value)
        .findFirst()
        .orElse(NO_STORE);
  }

  private static Map<String, String> types() {
    var types = new LinkedHashMap<String, String>();
    types.put("html", "text/html");
    types.put("css", "text/css");
    types.put("js", "text/javascript");
    types.put("json", "application/json");
    types.put("svg", "image/svg+xml");
    return Collections.unmodifiableMap(types);
  }

  private static Map<String, String> headers() {
    var headers = new LinkedHashMap<String, String>();
    headers.put(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types 'none'");
    headers.put("Cross-Origin-Opener-Policy", "same-origin");
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    headers.put(
        "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    headers.put("Referrer-Policy", "strict-origin-when-cross-origin");
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("X-Frame-Options", "DENY");
    headers.put("X-XSS-Protection", "1; mode=block");
    return Collections.unmodifiableMap(headers);
  }

  private static Map<String, String> templates() {
    var templates = new TreeMap<String, String>();
    NAMES.forEach(name -> templates.put(name, Files.read(FOLDER + "/" + name)));
    templates.put(NGINX_CONF, nginxConf());
    return templates;
  }

  private static Map<String, String> files() {
    var files = new TreeMap<>(TEMPLATES);
    files.replaceAll((_, content) -> content.replace(CONTENT_HASH, HASH));
    return Collections.unmodifiableMap(files);
  }

  private static String nginxConf() {
    // nginx treats text/html so without being asked, and warns when it is.
    var types = TYPES.values().stream().filter(type -> !type.equals("text/html")).toList();
    return Files.render(
        FOLDER + "/" + NGINX_CONF,
        Map.ofEntries(
            Map.entry(
                "types", lines(TYPES.entrySet(), type -> type.getValue() + " " + type.getKey())),
            Map.entry(
                "textTypes",
                Stream.concat(
                        types.stream().filter(type -> type.startsWith("text/")),
                        Stream.of("text/plain"))
                    .collect(Collectors.joining(" "))),
            Map.entry("compressedTypes", String.join(" ", types)),
            Map.entry("compressedFrom", Integer.toString(COMPRESSED_FROM)),
            Map.entry(
                "cacheRules",
                lines(
                    CACHE_RULES,
                    rule -> "\"~%s\" \"%s\"".formatted(rule.statusAndAddress(), rule.value()))),
            Map.entry("noStore", NO_STORE),
            Map.entry("strictTransportSecurity", STRICT_TRANSPORT_SECURITY),
            Map.entry(
                "headers",
                lines(
                    HEADERS.entrySet(),
                    header ->
                        "add_header %s \"%s\" always"
                            .formatted(header.getKey(), header.getValue()))),
            Map.entry("index", INDEX),
            Map.entry("notFound", NOT_FOUND),
            Map.entry("asset", ASSET.pattern()),
            Map.entry("health", HEALTH),
            Map.entry("healthy", HEALTHY)));
  }

  private static <T> String lines(Iterable<T> items, Function<T, String> line) {
    var lines = new StringJoiner(";\n        ", "", ";");
    items.forEach(item -> lines.add(line.apply(item)));
    return lines.toString();
  }
}
