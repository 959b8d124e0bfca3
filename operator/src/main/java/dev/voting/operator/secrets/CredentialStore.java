package dev.voting.operator.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voting.crd.ExternalSpec;
import dev.voting.crd.SecretsSpec.SecretKeyReference;
import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Checksum;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Logins;
import dev.voting.operator.blueprint.Logins.Slot;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.watch.ReferencedSecrets;
import dev.voting.operator.watch.ReferencedSecrets.Reference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Finds a VotingApp's credentials, or generates them where there are none yet. The Secret in the
 * data namespace is their one store; what was once generated is kept for good.
 */
public final class CredentialStore {

  private static final int PASSWORD_BYTES = 24;

  /** Stands for the spec's word where a rotation began without one, and can be none. */
  private static final String BY_SECRET = "(a changed Secret)";

  /** Those that log in to the servers. */
  private static final List<String> COMPONENTS = List.of(Names.API, Names.CONSUMER);

  private final KubernetesClient client;
  private final ReferencedSecrets references;
  private final SecureRandom random = new SecureRandom();

  /** The stores as they were last seen, by the uid of their VotingApp. */
  private final Map<String, Secret> lastSeen = new ConcurrentHashMap<>();

  public CredentialStore(KubernetesClient client, ReferencedSecrets references) {
    this.client = client;
    this.references = references;
  }

  /** The credentials, or what is missing of them. */
  public sealed interface Resolution {
    /**
     * All that is needed is there.
     *
     * @param credentials the credentials, of which some may be generated: nobody may be given any
     *     before they are stored
     * @param begins whether a rotation begins with them
     * @param kept those that are stored already, which stay in force until then; empty where some
     *     are missing
     */
    public record Found(Credentials credentials, boolean begins, Optional<Credentials> kept)
        implements Resolution {}

    /**
     * Something is not there, or could not be read.
     *
     * @param obstacles what somebody must provide
     * @param refusals what the API server refused
     * @param kept credentials that are stored, and stay in force meanwhile; empty where there are
     *     none
     */
    public record Missing(
        List<Finding> obstacles, List<Finding> refusals, Optional<Credentials> kept)
        implements Resolution {}
  }

  /**
   * Resolves the credentials.
   *
   * @param app the VotingApp, whose namespaces exist
   * @param view what the caches hold of it
   */
  public Resolution resolve(VotingApp app, ObservedState view) {
    var lookup = new Lookup(app.name());
    var found =
        app.getSpec().secrets().create() ? managed(app, view, lookup) : provided(app, lookup);
    references.retain(app.name(), lookup.asked);
    return lookup.problems.isEmpty() && lookup.refusals.isEmpty()
        ? found
        : new Resolution.Missing(lookup.problems, lookup.refusals, found.kept());
  }

  /** Forgets the VotingApps that are no more. */
  public void retain(Set<String> uids) {
    lastSeen.keySet().retainAll(uids);
  }

  /**
   * What is there, or is generated; and where a rotation is asked for and none is under way, the
   * beginning of one: new logins beside those in use until now, and new passwords of the owners.
   */
  private Resolution.Found managed(VotingApp app, ObservedState view, Lookup lookup) {
    var spec = app.getSpec();
    var names = new Names(app.name());
    var postgres = own(Optional.ofNullable(spec.secrets().postgres().passwordSecretRef()), lookup);
    var redis = own(Optional.ofNullable(spec.secrets().redis().passwordSecretRef()), lookup);
    var wish = new Wish(Optional.ofNullable(spec.secrets().rotate()), postgres, redis);
    var kept = new Kept(app, names, view);
    if (kept.isRotating() || kept.isBehind(wish)) {
      // The caches may be behind what this operator itself has just written.
      kept = lookup.orElse(kept, () -> new Kept(app, names, new ObservedState(List.of())));
    }
    var begins = kept.isBehind(wish) && !kept.isRotating() && !app.getSpec().paused();
    var ownersKept = begins ? Optional.<Kept>empty() : Optional.of(kept);
    var logins = kept.logins();
    var owner = PostgresOwner.of(app, kept.value(Names.POSTGRES_USER), view);
    var externalPostgres =
        external(Optional.ofNullable(spec.postgres().external()), "postgres", lookup);
    var externalRedis = external(Optional.ofNullable(spec.redis().external()), "redis", lookup);
    return new Resolution.Found(
        new Credentials.Managed(
            owner,
            postgres
                .or(() -> ownersKept.flatMap(k -> k.value(Names.POSTGRES_PASSWORD)))
                .orElseGet(this::generate),
            redis
                .or(() -> ownersKept.flatMap(k -> k.value(Names.REDIS_PASSWORD)))
                .orElseGet(this::generate),
            begins ? generate(logins.slot().other()) : logins,
            begins ? Optional.of(logins) : kept.outgoing(),
            rotation(wish, kept, begins),
            externalPostgres,
            externalRedis),
        begins,
        isMissing(spec.postgres().external(), externalPostgres)
                || isMissing(spec.redis().external(), externalRedis)
            ? Optional.empty()
            : kept.whole(owner, externalPostgres, externalRedis));
  }

  private static boolean isMissing(ExternalSpec wanted, Optional<String> found) {
    return wanted != null && found.isEmpty();
  }

  private static String rotation(Wish wish, Kept kept, boolean begins) {
    if (begins) {
      return wish.token().or(kept::rotation).orElse(BY_SECRET);
    }
    return kept.isNew() ? wish.token().orElse("") : kept.rotation().orElse("");
  }

  /**
   * What a rotation may be asked for by.
   *
   * @param token the spec's word
   * @param postgres the password of PostgreSQL's owner, if it is the user's to choose
   * @param redis the password of Redis' admin, likewise
   */
  private record Wish(Optional<String> token, Optional<String> postgres, Optional<String> redis) {}

  private Optional<String> own(Optional<SecretKeyReference> reference, Lookup lookup) {
    return reference.map(
        ref -> lookup.value(lookup.dataNamespace(), ref.name(), ref.key()).orElse(""));
  }

  private Logins generate(Slot slot) {
    return new Logins(
        slot,
        new Logins.Passwords(generate(), generate()),
        new Logins.Passwords(generate(), generate()));
  }

  private Optional<String> external(Optional<ExternalSpec> external, String scheme, Lookup lookup) {
    return external.flatMap(
        spec ->
            lookup
                .value(lookup.dataNamespace(), spec.secretName(), Names.URI)
                .filter(uri -> lookup.isUri(uri, scheme, spec.secretName())));
  }

  private Resolution.Found provided(VotingApp app, Lookup lookup) {
    var names = new Names(app.name());
    var spec = app.getSpec();
    var dataKeys = new ArrayList<String>();
    if (spec.postgres().external() == null) {
      dataKeys.addAll(List.of(Names.POSTGRES_USER, Names.POSTGRES_PASSWORD));
      dataKeys.addAll(loginKeys(Names.POSTGRES, names, lookup));
    }
    if (spec.redis().external() == null) {
      dataKeys.add(Names.REDIS_PASSWORD);
      dataKeys.addAll(loginKeys(Names.REDIS, names, lookup));
    }
    var clientKeys = List.of(Names.DATABASE_URL, Names.REDIS_URL);
    var keys = new TreeMap<String, List<String>>();
    keys.put(names.dataNamespace(), dataKeys);
    keys.put(names.apiNamespace(), clientKeys);
    keys.put(names.consumerNamespace(), clientKeys);
    var checksums = new TreeMap<String, String>();
    keys.forEach(
        (namespace, wanted) -> {
          if (!wanted.isEmpty()) {
            wanted.forEach(key -> lookup.value(namespace, Names.CREDENTIALS, key));
            checksums.put(namespace, lookup.checksum(namespace, Names.CREDENTIALS));
          }
        });
    return new Resolution.Found(new Credentials.Provided(checksums), false, Optional.empty());
  }

  /** Of the first login of each component, unless the second is in use. */
  private static List<String> loginKeys(String server, Names names, Lookup lookup) {
    return COMPONENTS.stream()
        .filter(
            component ->
                !lookup.has(
                    names.dataNamespace(), Names.CREDENTIALS, Slot.B.key(server, component)))
        .map(component -> Slot.A.key(server, component))
        .toList();
  }

  /** What was generated before. Where the store was deleted by hand, its copies still know. */
  private final class Kept {
    private final Optional<Secret> store;
    private final Map<String, Supplier<Optional<Secret>>> copies;

    Kept(VotingApp app, Names names, ObservedState view) {
      var uid = app.getMetadata().getUid();
      var found = read(names.dataNamespace(), view);
      found.ifPresent(secret -> remember(uid, secret));
      // Deleted by hand, it is made again as it was.
      store = found.or(() -> Optional.ofNullable(uid).map(lastSeen::get));
      copies =
          Map.of(
              Names.API, once(() -> read(names.apiNamespace(), view)),
              Names.CONSUMER, once(() -> read(names.consumerNamespace(), view)));
    }

    private void remember(String uid, Secret secret) {
      if (uid != null) {
        lastSeen.put(uid, secret);
      }
    }

    /**
     * The credentials as they are stored; empty where something of them is missing.
     *
     * @param owner of the database
     * @param postgres the URI of an external PostgreSQL
     * @param redis the URI of an external Redis
     */
    Optional<Credentials> whole(String owner, Optional<String> postgres, Optional<String> redis) {
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
                  redis))
          : Optional.empty();
    }

    private boolean isWhole(Slot slot) {
      return COMPONENTS.stream()
          .allMatch(
              component ->
                  postgres(slot, component).isPresent() && redis(slot, component).isPresent());
    }

    Optional<String> value(String key) {
      return CredentialStore.value(store, key);
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
          postgres(slot, component).orElseGet(CredentialStore.this::generate),
          redis(slot, component).orElseGet(CredentialStore.this::generate));
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
      return CredentialStore.value(copies.get(component).get(), key)
          .flatMap(CredentialStore::userInfo)
          .filter(info -> info != null && info.startsWith(user + ":"))
          .map(info -> URLDecoder.decode(info.substring(user.length() + 1), UTF_8));
    }
  }

  /** What an external server's URI may hold need not be one in Java's eyes. */
  private static Optional<String> userInfo(String url) {
    try {
      return Optional.ofNullable(new URI(url).getRawUserInfo());
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static <T> Supplier<T> once(Supplier<T> supplier) {
    return new Supplier<>() {
      private T value;

      @Override
      public T get() {
        if (value == null) {
          value = supplier.get();
        }
        return value;
      }
    };
  }

  /** What no cache holds may still exist, and then must not be generated again: so asks. */
  private Optional<Secret> read(String namespace, ObservedState view) {
    return view.all(Secret.class).stream()
        .filter(secret -> secret.getMetadata().getNamespace().equals(namespace))
        .filter(secret -> secret.getMetadata().getName().equals(Names.CREDENTIALS))
        .findFirst()
        .or(
            () ->
                Optional.ofNullable(
                    client.secrets().inNamespace(namespace).withName(Names.CREDENTIALS).get()));
  }

  private String generate() {
    var bytes = new byte[PASSWORD_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static Optional<String> value(Optional<Secret> secret, String key) {
    return secret
        .map(Secret::getData)
        .map(data -> data.get(key))
        .map(data -> new String(Base64.getDecoder().decode(data), UTF_8))
        .filter(value -> !value.isEmpty());
  }

  /** Looks up the user's own Secrets, and notes what is missing. */
  private final class Lookup {
    private final String app;
    private final Set<Reference> asked = new HashSet<>();
    private final List<Finding> problems = new ArrayList<>();
    private final List<Finding> refusals = new ArrayList<>();

    Lookup(String app) {
      this.app = app;
    }

    /** What can be read, or, where that is refused, something else. */
    public <T> T orElse(T otherwise, Supplier<T> reading) {
      try {
        return reading.get();
      } catch (KubernetesClientException e) {
        refusals.add(
            Finding.refused(new ObjectKey("Secret", dataNamespace(), Names.CREDENTIALS), e));
        return otherwise;
      }
    }

    public String dataNamespace() {
      return new Names(app).dataNamespace();
    }

    Optional<String> value(String namespace, String name, String key) {
      var secret = find(namespace, name);
      var value = CredentialStore.value(secret, key);
      if (value.isEmpty() && refusals.isEmpty()) {
        problems.add(
            new Finding(
                "SecretMissing",
                secret.isEmpty()
                    ? "Secret %s in namespace %s is missing: create it, with the key %s"
                        .formatted(name, namespace, key)
                    : "Secret %s in namespace %s lacks the key %s: add it"
                        .formatted(name, namespace, key)));
      }
      return value;
    }

    boolean has(String namespace, String name, String key) {
      return CredentialStore.value(find(namespace, name), key).isPresent();
    }

    boolean isUri(String uri, String scheme, String secretName) {
      if (uri.startsWith(scheme)) {
        return true;
      }
      problems.add(
          new Finding(
              "SecretInvalid",
              "the key %s of Secret %s in namespace %s must be a URI of %s, such as %s://host"
                  .formatted(Names.URI, secretName, dataNamespace(), scheme, scheme)));
      return false;
    }

    String checksum(String namespace, String name) {
      return Checksum.of(
          find(namespace, name)
              .<Map<String, String>>map(secret -> new TreeMap<>(secret.getData()))
              .orElse(Map.of()));
    }

    private Optional<Secret> find(String namespace, String name) {
      var reference = new Reference(namespace, name);
      asked.add(reference);
      try {
        return references.find(app, reference);
      } catch (KubernetesClientException e) {
        refusals.add(Finding.refused(new ObjectKey("Secret", namespace, name), e));
        return Optional.empty();
      }
    }
  }
}
