package dev.voting.operator.secrets;

import dev.voting.crd.ExternalSpec;
import dev.voting.crd.SecretsSpec.SecretKeyReference;
import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Logins;
import dev.voting.operator.blueprint.Logins.Slot;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.watch.ReferencedSecrets;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Finds a VotingApp's credentials, or generates them where there are none yet. The Secret in the
 * data namespace is their one store; what was once generated is kept for good.
 */
public final class CredentialStore {

  private static final int PASSWORD_BYTES = 24;
  private static final int BALLOT_KEY_BYTES = 32;

  /** Of the user's own: the API ends at its start over less. */
  private static final int SHORTEST_BALLOT_KEY = 32;

  /** Stands for the spec's word where a rotation began without one, and can be none. */
  private static final String BY_SECRET = "(a changed Secret)";

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
    var lookup = new UserSecrets(app.name(), references);
    var found =
        app.getSpec().secrets().create() ? managed(app, view, lookup) : provided(app, lookup);
    references.retain(app.name(), lookup.asked());
    return lookup.problems().isEmpty() && lookup.refusals().isEmpty()
        ? found
        : new Resolution.Missing(lookup.problems(), lookup.refusals(), found.kept());
  }

  /** Forgets the VotingApps that are no more. */
  public void retain(Set<String> uids) {
    lastSeen.keySet().retainAll(uids);
  }

  /**
   * What is there, or is generated; and where a rotation is asked for and none is under way, the
   * beginning of one: new logins beside those in use until now, and new passwords of the owners.
   */
  private Resolution.Found managed(VotingApp app, ObservedState view, UserSecrets lookup) {
    var spec = app.getSpec();
    var names = new Names(app.name());
    var poll = Optional.ofNullable(spec.poll());
    var postgres = own(Optional.ofNullable(spec.secrets().postgres().passwordSecretRef()), lookup);
    var redis = own(Optional.ofNullable(spec.secrets().redis().passwordSecretRef()), lookup);
    var wish =
        new StoredCredentials.Wish(Optional.ofNullable(spec.secrets().rotate()), postgres, redis);
    var cached = stored(app, names, view);
    // The caches may be behind what this operator itself has just written.
    var kept =
        cached.isRotating()
                || cached.isBehind(wish)
                || poll.isPresent() && cached.value(Names.BALLOT_KEY).isEmpty()
            ? lookup.orElse(cached, () -> stored(app, names, new ObservedState(List.of())))
            : cached;
    var begins = kept.isBehind(wish) && !kept.isRotating() && !app.getSpec().paused();
    var ownersKept = begins ? Optional.<StoredCredentials>empty() : Optional.of(kept);
    var logins = kept.logins();
    // No rotation replaces it: tokens were handed out by it.
    var ballotKey =
        kept.value(Names.BALLOT_KEY).or(() -> poll.flatMap(_ -> kept.copiedBallotKey()));
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
            externalRedis,
            ballotKey.or(() -> poll.map(_ -> generate(BALLOT_KEY_BYTES)))),
        begins,
        isMissing(spec.postgres().external(), externalPostgres)
                || isMissing(spec.redis().external(), externalRedis)
                || poll.isPresent() && ballotKey.isEmpty()
            ? Optional.empty()
            : kept.whole(owner, externalPostgres, externalRedis, ballotKey));
  }

  private static boolean isMissing(ExternalSpec wanted, Optional<String> found) {
    return wanted != null && found.isEmpty();
  }

  private static String rotation(
      StoredCredentials.Wish wish, StoredCredentials kept, boolean begins) {
    if (begins) {
      return wish.token().or(kept::rotation).orElse(BY_SECRET);
    }
    return kept.isNew() ? wish.token().orElse("") : kept.rotation().orElse("");
  }

  private Optional<String> own(Optional<SecretKeyReference> reference, UserSecrets lookup) {
    return reference.map(
        ref -> lookup.value(lookup.dataNamespace(), ref.name(), ref.key()).orElse(""));
  }

  private Logins generate(Slot slot) {
    return new Logins(
        slot,
        new Logins.Passwords(generate(), generate()),
        new Logins.Passwords(generate(), generate()));
  }

  private Optional<String> external(
      Optional<ExternalSpec> external, String scheme, UserSecrets lookup) {
    return external.flatMap(
        spec ->
            lookup
                .value(lookup.dataNamespace(), spec.secretName(), Names.URI)
                .filter(uri -> lookup.isUri(uri, scheme, spec.secretName())));
  }

  private Resolution.Found provided(VotingApp app, UserSecrets lookup) {
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
    if (spec.poll() != null) {
      lookup.value(names.apiNamespace(), Names.CREDENTIALS, Names.BALLOT_KEY, SHORTEST_BALLOT_KEY);
    }
    return new Resolution.Found(new Credentials.Provided(checksums), false, Optional.empty());
  }

  /** Of the first login of each component, unless the second is in use. */
  private static List<String> loginKeys(String server, Names names, UserSecrets lookup) {
    return StoredCredentials.COMPONENTS.stream()
        .filter(
            component ->
                !lookup.has(
                    names.dataNamespace(), Names.CREDENTIALS, Slot.B.key(server, component)))
        .map(component -> Slot.A.key(server, component))
        .toList();
  }

  private StoredCredentials stored(VotingApp app, Names names, ObservedState view) {
    var uid = app.getMetadata().getUid();
    var found = read(names.dataNamespace(), view);
    if (uid != null) {
      found.ifPresent(secret -> lastSeen.put(uid, secret));
    }
    return new StoredCredentials(
        // Deleted by hand, it is made again as it was.
        found.or(() -> Optional.ofNullable(uid).map(lastSeen::get)),
        Map.of(
            Names.API, once(() -> read(names.apiNamespace(), view)),
            Names.CONSUMER, once(() -> read(names.consumerNamespace(), view))),
        this::generate);
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
    return generate(PASSWORD_BYTES);
  }

  private String generate(int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
