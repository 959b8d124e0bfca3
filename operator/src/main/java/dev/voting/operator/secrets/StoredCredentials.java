package dev.voting.operator.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Logins;
import dev.voting.operator.blueprint.Logins.Slot;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What was generated before. Where the store was deleted by hand, its copies still know.
 *
 * @param store the Secret in the data namespace
 * @param copies the Secrets of the components that log in to the servers
 * @param generate gives a password for one that is lost
 */
record StoredCredentials(
    Optional<Secret> store,
    Map<String, Supplier<Optional<Secret>>> copies,
    Supplier<String> generate) {

  /** Those that log in to the servers. */
  static final List<String> COMPONENTS = List.of(Names.API, Names.CONSUMER);

  /**
   * What a rotation may be asked for by.
   *
   * @param token the spec's word
   * @param postgres the password of PostgreSQL's owner, if it is the user's to choose
   * @param redis the password of Redis' admin, likewise
   */
  record Wish(Optional<String> token, Optional<String> postgres, Optional<String> redis) {}

  /**
   * The credentials as they are stored; empty where something of them is missing.
   *
   * @param owner of the database
   * @param postgres the URI of an external PostgreSQL
   * @param redis the URI of an external Redis
   * @param ballotKey what voters' tokens are made with, if there was a poll
   */
  Optional<Credentials> whole(
      String owner, Optional<String> postgres, Optional<String> redis, Optional<String> ballotKey) {
    return value(Names.POSTGRES_PASSWORD).isPresent()
            && value(Names.REDIS_PASSWORD).isPresent()
            && isWhole(slotInUse())
            && (!isRotating() || isWhole(slotInUse().other()))
        ? Optional.of(
            new Credentials.Managed(
                owner,
                value(Names.POSTGRES_PASSWORD).orElseThrow(),
                value(Names.REDIS_PASSWORD).orElseThrow(),
                logins(),
                outgoing(),
                rotation().orElse(""),
                postgres,
                redis,
                ballotKey))
        : Optional.empty();
  }

  private boolean isWhole(Slot slot) {
    return COMPONENTS.stream()
        .allMatch(
            component ->
                postgres(slot, component).isPresent() && redis(slot, component).isPresent());
  }

  Optional<String> value(String key) {
    return store.flatMap(secret -> SecretValues.value(secret, key));
  }

  /** What voters' tokens and cookies are made with, as the API has it. */
  Optional<String> copiedBallotKey() {
    return copies
        .get(Names.API)
        .get()
        .flatMap(secret -> SecretValues.value(secret, Names.BALLOT_KEY));
  }

  public Optional<String> rotation() {
    return value(Names.ROTATION);
  }

  /** Whether there were no logins yet. */
  boolean isNew() {
    return Stream.of(Slot.values()).noneMatch(this::isInStore)
        && Stream.of(Slot.values()).noneMatch(this::isInCopies);
  }

  boolean isRotating() {
    return Stream.of(Slot.values()).allMatch(this::isInStore);
  }

  /** Whether something else is asked for than what the logins in use came with. */
  boolean isBehind(Wish wish) {
    return !isNew()
        && (differs(wish.token(), rotation().or(() -> Optional.of("")))
            || differs(wish.postgres(), value(Names.POSTGRES_PASSWORD))
            || differs(wish.redis(), value(Names.REDIS_PASSWORD)));
  }

  /** A password that is lost, or missing at its owner's, asks for nothing. */
  private static boolean differs(Optional<String> wanted, Optional<String> present) {
    return wanted.filter(value -> !value.isEmpty()).isPresent()
        && present.isPresent()
        && !wanted.equals(present);
  }

  /** The logins in use. */
  Logins logins() {
    return logins(slotInUse());
  }

  private Slot slotInUse() {
    return inUse()
        .or(() -> Stream.of(Slot.values()).filter(this::isInStore).findFirst())
        .or(() -> Stream.of(Slot.values()).filter(this::isInCopies).findFirst())
        .orElse(Slot.A);
  }

  /** The others, while a rotation is under way. */
  public Optional<Logins> outgoing() {
    return isRotating() ? Optional.of(logins(logins().slot().other())) : Optional.empty();
  }

  private Optional<Slot> inUse() {
    return Stream.of(Slot.values())
        .filter(slot -> value(Names.LOGINS_IN_USE).filter(slot.name()::equals).isPresent())
        .filter(this::isInStore)
        .findFirst();
  }

  private Logins logins(Slot slot) {
    return new Logins(slot, passwords(slot, Names.API), passwords(slot, Names.CONSUMER));
  }

  private boolean isInStore(Slot slot) {
    return COMPONENTS.stream()
        .anyMatch(
            component ->
                value(slot.key(Names.POSTGRES, component)).isPresent()
                    || value(slot.key(Names.REDIS, component)).isPresent());
  }

  private boolean isInCopies(Slot slot) {
    return COMPONENTS.stream()
        .anyMatch(
            component ->
                copy(component, Names.DATABASE_URL, slot.postgresUser(component)).isPresent()
                    || copy(component, Names.REDIS_URL, slot.redisUser(component)).isPresent());
  }

  private Logins.Passwords passwords(Slot slot, String component) {
    return new Logins.Passwords(
        postgres(slot, component).orElseGet(generate), redis(slot, component).orElseGet(generate));
  }

  private Optional<String> postgres(Slot slot, String component) {
    return value(slot.key(Names.POSTGRES, component))
        .or(() -> copy(component, Names.DATABASE_URL, slot.postgresUser(component)));
  }

  private Optional<String> redis(Slot slot, String component) {
    return value(slot.key(Names.REDIS, component))
        .or(() -> copy(component, Names.REDIS_URL, slot.redisUser(component)));
  }

  /** A user's password out of the URL that its component was given. */
  private Optional<String> copy(String component, String key, String user) {
    return copies
        .get(component)
        .get()
        .flatMap(secret -> SecretValues.value(secret, key))
        .flatMap(StoredCredentials::userInfo)
        .filter(info -> info != null && info.startsWith(user + ":"))
        .map(info -> URLDecoder.decode(info.substring(user.length() + 1), UTF_8));
  }

  /** What an external server's URI may hold need not be one in Java's eyes. */
  private static Optional<String> userInfo(String url) {
    try {
      return Optional.ofNullable(new URI(url).getRawUserInfo());
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
