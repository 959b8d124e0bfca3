package dev.voting.local.page;

import dev.voting.operator.blueprint.page.Page;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** The page by its own rules, {@link Page}, as nginx serves it: request in, reply out. */
final class Site {
  /** As RFC 1123 has it, but with two digits for each day. */
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

  private final Function<String, Optional<StaticFile>> files;

  /**
   * A file of the site.
   *
   * @param changed when it was last written
   */
  record StaticFile(byte[] content, Instant changed) {
    String tag() {
      return "\"%x-%x\"".formatted(changed.getEpochSecond(), content.length);
    }
  }

  /**
   * @param files finds a file by its name
   */
  Site(Function<String, Optional<StaticFile>> files) {
    this.files = files;
  }

  PageReply answer(PageRequest request) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (request.path().equals(Page.HEALTH)) {
      headers.put("Content-Type", Page.contentType("text/plain"));
      return reply(200, request, headers, text(Page.HEALTHY));
    }
    Optional<String> name = name(request.path());
    Optional<StaticFile> file = name.flatMap(files);
    if (file.isEmpty()) {
      return files
          .apply(Page.NOT_FOUND)
          .map(
              page -> reply(404, request, headers, content(request, Page.NOT_FOUND, page, headers)))
          .orElseGet(() -> reply(404, request, headers, text("404 Not Found")));
    }
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      headers.put("Content-Type", Page.contentType("text/html"));
      return reply(405, request, headers, text("405 Not Allowed"));
    }
    headers.put("Last-Modified", HTTP_DATE.format(file.get().changed().atOffset(ZoneOffset.UTC)));
    if (isUnchanged(request, file.get().tag())) {
      headers.put("ETag", file.get().tag());
      return reply(304, request, headers, new byte[0]);
    }
    return reply(200, request, headers, content(request, name.get(), file.get(), headers));
  }

  /** The file at an address; empty when there is none. */
  private static Optional<String> name(String path) {
    if (path.equals("/") || path.equals(Page.INDEX)) {
      return Optional.of(Page.INDEX);
    }
    var asset = Page.ASSET.matcher(path);
    return asset.find() ? Optional.of("/" + asset.group("file")) : Optional.empty();
  }

  private static PageReply reply(
      int status, PageRequest request, Map<String, String> headers, byte[] body) {
    headers.put("Cache-Control", Page.cacheControl(status, request.uri()));
    if (request.headers().getOrDefault("x-forwarded-proto", "").equalsIgnoreCase("https")) {
      headers.put("Strict-Transport-Security", Page.STRICT_TRANSPORT_SECURITY);
    }
    headers.putAll(Page.HEADERS);
    return new PageReply(status, headers, body);
  }

  private static byte[] text(String line) {
    return (line + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** What is sent of a file, with the headers that describe it. */
  private static byte[] content(
      PageRequest request, String name, StaticFile file, Map<String, String> headers) {
    headers.put(
        "Content-Type",
        Page.contentType(Page.TYPES.get(name.substring(name.lastIndexOf('.') + 1))));
    headers.put("ETag", file.tag());
    if (file.content().length < Page.COMPRESSED_FROM) {
      return file.content();
    }
    headers.put("Vary", "Accept-Encoding");
    if (!request.headers().getOrDefault("accept-encoding", "").contains("gzip")) {
      return file.content();
    }
    headers.put("Content-Encoding", "gzip");
    headers.put("ETag", "W/" + file.tag());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(file.content());
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  private static boolean isUnchanged(PageRequest request, String tag) {
    String known = request.headers().get("if-none-match");
    return known != null
        && Stream.of(known.split(","))
            .map(one -> one.trim().replaceFirst("^W/", ""))
            .anyMatch(one -> one.equals("*") || one.equals(tag));
  }
}
