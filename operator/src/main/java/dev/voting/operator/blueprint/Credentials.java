package dev.voting.operator.blueprint;

import dev.voting.crd.VotingApp;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** The secret part of a blueprint's input. */
public sealed interface Credentials {

  /**
   * Credentials for a blueprint that only people read.
   *
   * @return credentials with {@code masked} in the place of each password
   */
  static Managed masked() {
    return masked(new VotingApp());
  }

  /**
   * The same, with what a VotingApp has beyond the passwords.
   *
   * @param app whose they are
   */
  static Managed masked(VotingApp app) {
    var masked = new Logins.Passwords("masked", "masked");
    return new Managed(
        "voting",
        "masked",
        "masked",
        new Logins(Logins.Slot.A, masked, masked),
        Optional.empty(),
        "",
        Optional.empty(),
        Optional.empty(),
        Optional.ofNullable(app.getSpec().poll()).map(_ -> "masked"));
  }

  /**
   * Credentials that the operator keeps in the Secrets it makes.
   *
   * @param postgresUser PostgreSQL's owner
   * @param postgresPassword the password of PostgreSQL's owner, for the data namespace alone
   * @param redisPassword the password of Redis' admin, for the data namespace alone
   * @param logins what the components log in with
   * @param outgoing what they did so before, while a rotation is under way: valid still
   * @param rotation the rotation that the logins came with; empty for the first ones
   * @param externalPostgres the URI of an external PostgreSQL, if the spec names one
   * @param externalRedis the URI of an external Redis, if the spec names one
   * @param ballotKey what voters' tokens and cookies are made with; once there was a poll
   */
  record Managed(
      String postgresUser,
      String postgresPassword,
      String redisPassword,
      Logins logins,
      Optional<Logins> outgoing,
      String rotation,
      Optional<String> externalPostgres,
      Optional<String> externalRedis,
      Optional<String> ballotKey)
      implements Credentials {

    /** Credentials of a VotingApp that never had a poll. */
    public Managed(
        String postgresUser,
        String postgresPassword,
        String redisPassword,
        Logins logins,
        Optional<Logins> outgoing,
        String rotation,
        Optional<String> externalPostgres,
        Optional<String> externalRedis) {
      this(
          postgresUser,
          postgresPassword,
          redisPassword,
          logins,
          outgoing,
          rotation,
          externalPostgres,
          externalRedis,
          Optional.empty());
    }

    /** The same with nothing but the logins in use: a rotation's end. */
    public Managed withoutOutgoing() {
      return new Managed(
          postgresUser,
          postgresPassword,
          redisPassword,
          logins,
          Optional.empty(),
          rotation,
          externalPostgres,
          externalRedis,
          ballotKey);
    }

    public String databaseUrl(Names names, String component, boolean tls) {
      return externalPostgres.orElseGet(
          () ->
              "postgresql://%s:%s@%s/%s%s"
                  .formatted(
                      logins.slot().postgresUser(component),
                      encoded(logins.of(component).postgres()),
                      names.postgresAddress(),
                      Names.DATABASE,
                      tls ? "?sslmode=verify-full" : ""));
    }

    public String redisUrl(Names names, String component, boolean tls) {
      return externalRedis.orElseGet(
          () ->
              "%s://%s:%s@%s"
                  .formatted(
                      tls ? "rediss" : "redis",
                      logins.slot().redisUser(component),
                      encoded(logins.of(component).redis()),
                      names.redisAddress()));
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
