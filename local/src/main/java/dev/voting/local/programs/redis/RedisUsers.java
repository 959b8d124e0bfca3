package dev.voting.local.programs.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voting.local.programs.Launch;
import dev.voting.local.programs.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Redis' users of the mounted template and Secret: what start.sh and users.sh do in a pod. */
record RedisUsers(Path template, Path run, Path secrets) {
  /** May only set Redis' users. */
  static final String RELOAD = "reload";

  /** May only check whether Redis answers. */
  static final String PROBE = "probe";

  private static final Pattern KEY = Pattern.compile("<(\\w+)>");
  private static final int PASSWORD_BYTES = 24;

  static RedisUsers of(Launch launch) throws IOException {
    return new RedisUsers(
        launch.mounted("/etc/redis").resolve("users.acl"),
        launch.mounted("/run/redis"),
        launch.mounted("/etc/voting-secrets"));
  }

  /** Writes the users for the server's start, the pod's own two with new passwords. */
  void write() throws IOException {
    for (String user : List.of(PROBE, RELOAD)) {
      byte[] bytes = new byte[PASSWORD_BYTES];
      new SecureRandom().nextBytes(bytes);
      write(user, HexFormat.of().formatHex(bytes));
    }
    write("users.acl", String.join("\n", lines()) + "\n");
  }

  private void write(String name, String text) throws IOException {
    Path file = run.resolve(name);
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  /** The password of one of the pod's own users. */
  String password(String user) throws IOException {
    return Files.readString(run.resolve(user));
  }

  /** One user a line, such as {@code user api on #… ~votes +xadd}. */
  List<String> lines() throws IOException {
    try (Stream<String> lines = Files.lines(template)) {
      return lines.filter(line -> line.startsWith("user ")).map(this::filled).toList();
    }
  }

  private String filled(String line) {
    Matcher key = KEY.matcher(line);
    return key.find()
        ? key.replaceFirst(secret(key.group(1)).map(s -> "on #" + sha256(s)).orElse("off"))
        : line;
  }

  private Optional<String> secret(String key) {
    return Secrets.read(secrets, key).or(() -> Secrets.read(run, key));
  }

  private static String sha256(String password) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(password.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
