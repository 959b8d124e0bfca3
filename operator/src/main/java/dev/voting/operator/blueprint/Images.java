package dev.voting.operator.blueprint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/**
 * The images that this version of the operator was tested with. They are not defaults of the CRD,
 * so that a newer operator brings its newer images to every VotingApp that names none.
 *
 * @param version the operator's own version
 */
public record Images(String version) {

  /** The images of this build. */
  public static final Images CURRENT = new Images(read());

  public String frontend(Optional<String> given) {
    return given.orElse("nginxinc/nginx-unprivileged:1.28-alpine");
  }

  public String api(Optional<String> given) {
    return given.orElse("ghcr.io/voting-dev/voting-api:" + version);
  }

  public String consumer(Optional<String> given) {
    return given.orElse("ghcr.io/voting-dev/voting-consumer:" + version);
  }

  public String postgres(Optional<String> given) {
    return given.orElse("postgres:15-alpine");
  }

  public String redis(Optional<String> given) {
    return given.orElse("redis:7-alpine");
  }

  private static String read() {
    var properties = new Properties();
    try (var file = Images.class.getResourceAsStream("/dev/voting/operator/version.properties")) {
      properties.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException("version.properties cannot be read", e);
    }
    return properties.getProperty("version");
  }
}
