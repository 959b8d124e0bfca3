package dev.voting.local.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** A static site as its nginx.conf describes it: request in, reply out. */
final class Site {
  private static final Pattern GROUP_NAME = Pattern.compile("\\(\\?<(?<name>[a-zA-Z]\\w*)>");

  /** The statuses at which add_header without {@code always} applies. */
  private static final Set<Integer> GOOD = Set.of(200, 201, 204, 206, 301, 302, 303, 304, 307, 308);

  private static final int NOT_FOUND = 404;

  private final Directive http;
  private final Directive server;
  private final Function<String, Optional<StaticFile>> files;

  /**
   * A file of the site.
   *
   * @param changed when it was last written
   */
  record StaticFile(byte[] content, Instant changed) {}

  /** A reply without its headers. */
  private record BareReply(
      int status, String type, byte[] body, Optional<StaticFile> file, Directive location) {}

  /**
   * @param configuration the whole nginx.conf
   * @param files finds a file by its absolute path inside the container
   */
  Site(Directive configuration, Function<String, Optional<StaticFile>> files) throws IOException {
    this.http =
        configuration.first("http").orElseThrow(() -> new IOException("nginx.conf: no http block"));
    this.server =
        http.first("server").orElseThrow(() -> new IOException("nginx.conf: no server block"));
    this.files = files;
  }

  PageReply answer(PageRequest request) {
    Variables variables = new Variables(request, http.all("map"));
    BareReply bare = bareReply(request, variables);
    Map<String, String> headers = new LinkedHashMap<>();
    byte[] body = bare.body();
    int status = bare.status();
    if (bare.file().isPresent()) {
      StaticFile file = bare.file().get();
      String tag = "\"%x-%x\"".formatted(file.changed().getEpochSecond(), file.content().length);
      headers.put("Last-Modified", date(file.changed()));
      headers.put("ETag", tag);
      if (isUnchanged(request, tag)) {
        status = 304;
        body = new byte[0];
      }
    }
    if (status != 304) {
      headers.put("Content-Type", bare.type());
      body = compressed(request, bare, body, headers);
    }
    variables.set("status", Integer.toString(status));
    addHeaders(bare.location(), status, variables, headers);
    return new PageReply(status, headers, body);
  }

  private BareReply bareReply(PageRequest request, Variables variables) {
    Optional<Directive> found = location(request.path(), variables);
    Directive location = found.orElse(server);
    Optional<Directive> fixed = location.first("return").or(() -> server.first("return"));
    if (fixed.isPresent()) {
      int status = Integer.parseInt(fixed.get().argument(0));
      return fixed.get().arguments().size() > 1
          ? new BareReply(
              status,
              typed(setting(location, "default_type").orElse("text/plain"), location),
              variables.expand(fixed.get().argument(1)).getBytes(StandardCharsets.UTF_8),
              Optional.empty(),
              location)
          : error(status, location);
    }
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      return error(405, location);
    }
    if (location.first("internal").isPresent()) {
      return error(NOT_FOUND, location);
    }
    String root = root(location);
    Optional<Directive> candidates = location.first("try_files");
    if (candidates.isEmpty()) {
      String path = request.path().endsWith("/") ? request.path() + "index.html" : request.path();
      return file(root, path, location).orElseGet(() -> error(NOT_FOUND, location));
    }
    List<String> paths = candidates.get().arguments();
    for (String path : paths.subList(0, paths.size() - 1)) {
      Optional<BareReply> file = file(root, variables.expand(path), location);
      if (file.isPresent()) {
        return file.get();
      }
    }
    String last = paths.getLast();
    return last.startsWith("=")
        ? error(Integer.parseInt(last.substring(1)), location)
        : file(root, variables.expand(last), location).orElseGet(() -> error(NOT_FOUND, location));
  }

  /**
   * Exact first, then the longest prefix if it says ^~, then patterns in order, then the prefix.
   */
  private Optional<Directive> location(String path, Variables variables) {
    Optional<Directive> longest = Optional.empty();
    for (Directive location : server.all("location")) {
      List<String> words = location.arguments();
      boolean exact = words.getFirst().equals("=");
      if (exact && words.get(1).equals(path)) {
        return Optional.of(location);
      }
      boolean plain = words.size() == 1 || words.getFirst().equals("^~");
      if (plain
          && path.startsWith(words.getLast())
          && words.getLast().length()
              > longest.map(other -> other.arguments().getLast().length()).orElse(-1)) {
        longest = Optional.of(location);
      }
    }
    if (longest.filter(location -> location.argument(0).equals("^~")).isPresent()) {
      return longest;
    }
    for (Directive location : server.all("location")) {
      if (location.arguments().size() == 2 && location.argument(0).startsWith("~")) {
        Matcher matcher =
            Variables.pattern(location.argument(0) + location.argument(1)).matcher(path);
        if (matcher.find()) {
          capture(location.argument(1), matcher, variables);
          return Optional.of(location);
        }
      }
    }
    return longest;
  }

  private static void capture(String pattern, Matcher matcher, Variables variables) {
    for (int group = 1; group <= matcher.groupCount(); group++) {
      variables.set(Integer.toString(group), Optional.ofNullable(matcher.group(group)).orElse(""));
    }
    Matcher names = GROUP_NAME.matcher(pattern);
    while (names.find()) {
      String name = names.group("name");
      variables.set(name, Optional.ofNullable(matcher.group(name)).orElse(""));
    }
  }

  private String root(Directive location) {
    return setting(location, "root").orElse("/usr/share/nginx/html");
  }

  private Optional<BareReply> file(String root, String path, Directive location) {
    return files
        .apply(root + path)
        .map(
            file ->
                new BareReply(
                    200, type(path, location), file.content(), Optional.of(file), location));
  }

  /** The status, with the page that an {@code error_page} names for it. */
  private BareReply error(int status, Directive location) {
    Optional<BareReply> page =
        Stream.of(location, server, http)
            .flatMap(level -> level.all("error_page").stream())
            .filter(line -> line.arguments().contains(Integer.toString(status)))
            .findFirst()
            .flatMap(line -> file(root(location), line.arguments().getLast(), location));
    if (page.isPresent()) {
      return new BareReply(
          status, page.get().type(), page.get().body(), Optional.empty(), location);
    }
    byte[] body = (status + "\n").getBytes(StandardCharsets.UTF_8);
    return new BareReply(status, typed("text/plain", location), body, Optional.empty(), location);
  }

  private String type(String path, Directive location) {
    String extension = path.substring(path.lastIndexOf('.') + 1);
    return http.first("types").map(Directive::block).orElse(List.of()).stream()
        .filter(type -> type.arguments().contains(extension))
        .map(type -> typed(type.name(), location))
        .findFirst()
        .orElseGet(() -> typed(setting(location, "default_type").orElse("text/plain"), location));
  }

  private String typed(String type, Directive location) {
    List<String> withCharset = new ArrayList<>(List.of("text/html"));
    http.first("charset_types")
        .ifPresentOrElse(
            types -> withCharset.addAll(types.arguments()),
            () -> withCharset.addAll(List.of("text/xml", "text/plain", "application/javascript")));
    return setting(location, "charset")
        .filter(charset -> !charset.equals("off") && withCharset.contains(type))
        .map(charset -> type + "; charset=" + charset)
        .orElse(type);
  }

  private byte[] compressed(
      PageRequest request, BareReply bare, byte[] body, Map<String, String> headers) {
    List<String> types = new ArrayList<>(List.of("text/html"));
    http.first("gzip_types").ifPresent(more -> types.addAll(more.arguments()));
    int shortest = setting(bare.location(), "gzip_min_length").map(Integer::parseInt).orElse(20);
    String type = bare.type().replaceFirst(";.*", "");
    if (!isOn(bare.location(), "gzip")
        || bare.status() != 200
        || body.length < shortest
        || !types.contains(type)) {
      return body;
    }
    if (isOn(bare.location(), "gzip_vary")) {
      headers.put("Vary", "Accept-Encoding");
    }
    if (!request.headers().getOrDefault("accept-encoding", "").contains("gzip")) {
      return body;
    }
    headers.put("Content-Encoding", "gzip");
    headers.computeIfPresent("ETag", (_, tag) -> "W/" + tag);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  /** A level with an add_header of its own inherits none from the level above. */
  private void addHeaders(
      Directive location, int status, Variables variables, Map<String, String> headers) {
    List<Directive> lines =
        Stream.of(location, server, http)
            .map(level -> level.all("add_header"))
            .filter(level -> !level.isEmpty())
            .findFirst()
            .orElse(List.of());
    for (Directive line : lines) {
      boolean always = line.arguments().size() > 2 && line.argument(2).equals("always");
      String value = variables.expand(line.argument(1));
      if (!value.isEmpty() && (always || GOOD.contains(status))) {
        headers.put(line.argument(0), value);
      }
    }
  }

  private static boolean isUnchanged(PageRequest request, String tag) {
    String known = request.headers().get("if-none-match");
    return known != null
        && Stream.of(known.split(","))
            .map(one -> one.trim().replaceFirst("^W/", ""))
            .anyMatch(one -> one.equals("*") || one.equals(tag));
  }

  private boolean isOn(Directive location, String name) {
    return setting(location, name).filter("on"::equals).isPresent();
  }

  private Optional<String> setting(Directive location, String name) {
    return Stream.of(location, server, http)
        .flatMap(level -> level.first(name).stream())
        .map(directive -> directive.argument(0))
        .findFirst();
  }

  private static String date(Instant instant) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC));
  }
}
