package dev.voting.operator.blueprint;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the API and the consumer log in to PostgreSQL and Redis with.
 *
 * <p>Each has two logins at each server, with the same rights, of which one is in use: so a
 * rotation has new and old valid side by side.
 *
 * @param slot which of the two
 * @param api the API's passwords
 * @param consumer the consumer's passwords
 */
public record Logins(Slot slot, Passwords api, Passwords consumer) {

  /** The first or the second login of each component at each server. */
  public enum Slot {
    A(""),
    B("_b");

    private final String suffix;

    Slot(String suffix) {
      this.suffix = suffix;
    }

    /** The one that a rotation goes to from this one. */
    public Slot other() {
      return this == A ? B : A;
    }

    /** A component's user of PostgreSQL. */
    public String postgresUser(String component) {
      return "voting_" + component + suffix;
    }

    /** A component's user of Redis. */
    public String redisUser(String component) {
      return component + suffix;
    }

    /** The key of the data namespace's Secret with the password of such a user. */
    public String key(String server, String component) {
      return (server + "_" + component + suffix + "_password").toUpperCase(Locale.ROOT);
    }
  }

  /**
   * The passwords of one component.
   *
   * @param postgres at PostgreSQL
   * @param redis at Redis
   */
  public record Passwords(String postgres, String redis) {
    @Override
    public String toString() {
      return "masked";
    }
  }

  public Passwords of(String component) {
    return component.equals(Names.API) ? api : consumer;
  }

  /** The passwords by their keys in the data namespace's Secret. */
  public Map<String, String> byKey() {
    return new TreeMap<>(
        Map.of(
            slot.key(Names.POSTGRES, Names.API), api.postgres(),
            slot.key(Names.POSTGRES, Names.CONSUMER), consumer.postgres(),
            slot.key(Names.REDIS, Names.API), api.redis(),
            slot.key(Names.REDIS, Names.CONSUMER), consumer.redis()));
  }
}
