package dev.voting.operator.blueprint;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** The secret part of a blueprint's input. */
public sealed interface Credentials {

  /**
   * Credentials that the operator keeps in the Secrets it makes.
   *
   * @param postgresPassword the password of PostgreSQL's user
   * @param redisPassword the password of Redis
   * @param externalPostgres the URI of an external PostgreSQL, if the spec names one
   * @param externalRedis the URI of an external Redis, if the spec names one
   */
  record Managed(
      String postgresPassword,
      String redisPassword,
      Optional<String> externalPostgres,
      Optional<String> externalRedis)
      implements Credentials {

    String databaseUrl(Names names, String user) {
      return externalPostgres.orElseGet(
          () ->
              "postgresql://%s:%s@%s/%s"
                  .formatted(
                      user, encoded(postgresPassword), names.postgresAddress(), Names.DATABASE));
    }

    String redisUrl(Names names) {
      return externalRedis.orElseGet(
          () -> "redis://:%s@%s".formatted(encoded(redisPassword), names.redisAddress()));
    }

    /** Percent-encoded, because a password of the user's own may hold any character. */
    private static String encoded(String password) {
      return URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
      return "Managed[masked]";
    }
  }

  /**
   * Secrets that are the user's own in each namespace; the operator only needs to know when they
   * change.
   *
   * @param checksums a checksum of the Secret's content, by namespace
   */
  record Provided(Map<String, String> checksums) implements Credentials {}
}
