package dev.voting.operator.interruptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.certificates.Authority;
import dev.voting.operator.cluster.Ownership;
import dev.voting.operator.run.VotingAppOperator;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster.InMemory;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import dev.voting.servers.kubernetes.http.RecordedRequest;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Changes of many steps, of which each write in turn is refused for a while, or is the last one
 * before the operator is killed: each ends as if nothing had been, with nothing made twice.
 *
 * <p>The writes of a change are counted by making it undisturbed; then one VotingApp for each write
 * makes it and has a write fail, all of them side by side. A build tries some changes and every
 * third write, from another one on each time, which it prints: {@code -Dwrites.first} repeats it.
 * By {@code -Dwrites=all} every change and every write is tried; by {@code -Dwrites.shift=1} to
 * {@code 3} each write is refused in another way.
 */
class EveryWriteRefusedIT extends ClusterTests {

  /** 0 cuts the connection. */
  private static final List<Integer> REFUSALS = List.of(403, 409, 500, 0);

  /** How often a write is refused in a row. */
  private static final int TIMES = 3;

  private static final Duration END = Duration.ofSeconds(120);
  private static final boolean ALL = "all".equals(System.getProperty("writes"));

  /** No divisor of the number of refusals, so that a build tries all of these. */
  private static final int EVERY = ALL ? 1 : 3;

  private static final int FIRST =
      Integer.getInteger("writes.first", ThreadLocalRandom.current().nextInt(EVERY));
  private static final int SHIFT = Integer.getInteger("writes.shift", 0);

  /** How many writes each change takes. */
  private static final Map<Change, Integer> WRITES = new EnumMap<>(Change.class);

  private InMemoryKubernetes kubernetes;
  private Watched watched;
  private KubernetesClient own;

  /** A change, from one spec to another one. */
  enum Change {
    ROTATION("{}", "{secrets: {rotate: one}}"),
    TLS_ON("{}", "{tls: {enabled: true}}"),
    CA_RENEWAL("{tls: {enabled: true}}", "{tls: {enabled: true}}"),
    TLS_OFF("{tls: {enabled: true}}", "{}"),
    JOB_TO_DEPLOYMENT("{}", "{consumer: {workload: Deployment}}"),
    DEPLOYMENT_TO_JOB("{consumer: {workload: Deployment}}", "{}"),
    STORAGE_CLASS(
        "{postgres: {storage: {storageClassName: nobody-has-it}}}",
        "{postgres: {storage: {storageClassName: somebody-has-it}}}"),
    POLL(
        "{}",
        "{poll: {title: a, options: [{key: a, label: A}, {key: b, label: B}], ballots: {per:"
            + " Browser}}}"),
    EVERYTHING(
        "{}",
        "{consumer: {batchSize: 50}, api: {image: 'example.org/api:2', replicas: 2}, redis:"
            + " {maxMemory: 100mb}, postgres: {storage: {size: 2Gi}}, exposure: {type: None},"
            + " secrets: {rotate: one}, tls: {enabled: true}}");

    final String before;
    final String after;

    Change(String before, String after) {
      this.before = before;
      this.after = after;
    }

    boolean rotates() {
      return after.contains("rotate");
    }

    /**
     * How many new templates the consumer may get. While new credentials cannot be stored, all else
     * goes on with those of before.
     */
    int templates() {
      return this == EVERYTHING ? 2 : 1;
    }

    /** Whether it is tried in every build. */
    boolean always() {
      return this == ROTATION || this == TLS_ON;
    }

    void make(Subjects subject) {
      if (this == CA_RENEWAL) {
        age(subject);
        return;
      }
      if (this == STORAGE_CLASS) {
        subject.createClaim();
      }
      subject.apply(after);
    }

    /** A year before the CA's end it is renewed. */
    private static void age(Subjects subject) {
      var old =
          Authority.create(
                  subject.name,
                  Instant.now().minus(Duration.ofDays(3650 - 365)),
                  new SecureRandom())
              .current()
              .text();
      client
          .secrets()
          .inNamespace(subject.names.dataNamespace())
          .withName(Names.AUTHORITY)
          .patch(
              new PatchContext.Builder()
                  .withPatchType(PatchType.JSON_MERGE)
                  .withFieldManager("test")
                  .build(),
              "{\"data\":{\"tls.crt\":\"%s\",\"tls.key\":\"%s\"}}"
                  .formatted(base64(old.certificate()), base64(old.key())));
    }

    private static String base64(String text) {
      return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The operator's requests have connections of their own, which are cut at times. */
  @BeforeEach
  void startOwnOperator() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    kubernetes = ((InMemory) cluster).kubernetes();
    watched = new Watched();
    operator.close();
    operator = startOwn();
  }

  private VotingAppOperator startOwn() {
    if (own != null) {
      // A process that is killed takes its connections with it.
      own.close();
    }
    own = cluster.client();
    return VotingAppOperator.start(
        own,
        lost -> {
          throw new AssertionError("a watch was lost", lost);
        });
  }

  @AfterEach
  void stopOwnOperator() {
    if (own != null) {
      kubernetes.clearFaults();
      watched.close();
      operator.close();
      own.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWriteThatIsRefusedForAWhile(Change change) {
    assumeThat(ALL || change.always()).isTrue();
    var failures =
        writes(change)
            .mapToObj(
                write ->
                    new Failure(
                        subject(), write, TIMES, REFUSALS.get((write + SHIFT) % REFUSALS.size())))
            .toList();
    run(change, failures, () -> await().atMost(END).until(() -> over(failures)));
  }

  @ParameterizedTest
  @EnumSource
  void anOperatorThatIsKilledBeforeAWrite(Change change) {
    assumeThat(ALL || change.always()).isTrue();
    var failures =
        writes(change)
            .mapToObj(write -> new Failure(subject(), write, Integer.MAX_VALUE, 0))
            .toList();
    run(
        change,
        failures,
        () -> {
          // Until each is at its write; which writes there are differs a little with what is when.
          await()
              .atMost(END)
              .until(
                  () -> {
                    var before = seen(failures);
                    failures.forEach(failure -> failure.subject().makePodsReady());
                    letPass(Duration.ofSeconds(2));
                    return failures.stream().allMatch(Failure::happened)
                        || seen(failures).equals(before);
                  });
          operator.close();
          kubernetes.clearFaults();
          operator = startOwn();
        });
    assertThat(failures.getFirst().happened()).isTrue();
  }

  /** Those of the writes of a change that are tried. */
  private IntStream writes(Change change) {
    // Not computed within the map: it takes its time, and may fail.
    if (!WRITES.containsKey(change)) {
      WRITES.put(change, undisturbed(change));
    }
    int writes = WRITES.get(change);
    System.out.printf(
        "%s: every %d. of %d writes, -Dwrites.first=%d%n", change, EVERY, writes, FIRST);
    return IntStream.iterate(FIRST, write -> write < writes, write -> write + EVERY);
  }

  /** Makes the change in peace. Returns how many writes it takes. */
  private int undisturbed(Change change) {
    var counted = new Failure(subject(), Integer.MAX_VALUE, 0, 500);
    run(change, List.of(counted), () -> {});
    assertThat(counted.seen().get()).as("writes").isPositive();
    return counted.seen().get();
  }

  private void run(Change change, List<Failure> failures, Runnable failure) {
    var subjects = failures.stream().map(Failure::subject).toList();
    subjects.forEach(subject -> subject.apply(change.before));
    Subjects.awaitReady(subjects);
    var before = failures.stream().map(one -> State.of(one.subject())).toList();
    watched.clear();
    failures.forEach(
        one ->
            kubernetes.failNext(
                request -> isWrite(request, one.subject()) && one.takes(request),
                one.times(),
                one.status()));
    subjects.forEach(change::make);
    failure.run();
    await(change + " is over")
        .atMost(END)
        .untilAsserted(
            () -> {
              for (var subject : subjects) {
                subject.makePodsReady();
                assertOver(subject, change);
              }
            });
    awaitSilence(subjects);
    for (int i = 0; i < failures.size(); i++) {
      assertNothingTwice(change, failures.get(i), before.get(i));
    }
  }

  /** Whether an object of the VotingApp is written, by the operator. */
  private static boolean isWrite(RecordedRequest request, Subjects subject) {
    return request.isWrite()
        && request.path().contains("/" + subject.name)
        && !"test".equals(request.fieldManager())
        // What is the controllers' part is the test's.
        && (!request.path().endsWith("/status") || request.path().contains("/votingapps/"));
  }

  private static boolean over(List<Failure> failures) {
    failures.forEach(failure -> failure.subject().makePodsReady());
    return failures.stream().allMatch(Failure::isOver) || failures.stream().allMatch(Failure::idle);
  }

  private static List<Integer> seen(List<Failure> failures) {
    return failures.stream().map(failure -> failure.seen().get()).toList();
  }

  private static void assertOver(Subjects subject, Change change) {
    var app = subject.app();
    assertThat(app.getStatus().observedGeneration()).isEqualTo(app.getMetadata().getGeneration());
    assertThat(subject.condition("Ready"))
        .hasValueSatisfying(
            ready -> assertThat(ready.getStatus()).as(ready.getMessage()).isEqualTo("True"));
    assertThat(subject.condition("Degraded").orElseThrow().getStatus()).isEqualTo("False");
    if (change.rotates()) {
      assertThat(subject.condition("CredentialsRotated"))
          .hasValueSatisfying(
              rotated -> {
                assertThat(rotated.getReason()).as(rotated.getMessage()).isEqualTo("Rotated");
                assertThat(rotated.getMessage()).contains("one");
              });
    }
    if (change == Change.CA_RENEWAL) {
      assertThat(
              client
                  .secrets()
                  .inNamespace(subject.names.dataNamespace())
                  .withName(Names.AUTHORITY)
                  .get()
                  .getData())
          .containsKey("next.crt");
    }
    // What is no longer wanted has gone.
    assertThat(
            client
                .persistentVolumeClaims()
                .inNamespace(subject.names.dataNamespace())
                .list()
                .getItems())
        .isEmpty();
    assertThat(subject.jobs())
        .hasSize(app.getSpec().consumer().workload().name().equals("Job") ? 1 : 0);
  }

  private void assertNothingTwice(Change change, Failure failure, State before) {
    var subject = failure.subject();
    var after = State.of(subject);
    var what = "%s, failure of write %d: %s".formatted(change, failure.write(), failure.key());
    if (change.rotates()) {
      assertThat(after.logins().keySet()).as(what).containsExactlyElementsOf(State.SECOND);
      after
          .logins()
          .forEach(
              (key, value) ->
                  assertThat(watched.values(subject, key))
                      .as("%s: values of %s", what, key)
                      .containsExactly(value));
      assertThat(after.owners()).as(what).doesNotContainAnyElementsOf(before.owners());
      assertThat(events(subject))
          .as(what)
          .filteredOn(event -> event.startsWith("RotationStarted:"))
          .hasSizeLessThanOrEqualTo(1);
      assertThat(events(subject))
          .as(what)
          .filteredOn(event -> event.startsWith("CredentialsRotated:"))
          .hasSizeLessThanOrEqualTo(1);
    } else {
      assertThat(after.logins()).as(what).isEqualTo(before.logins());
      assertThat(after.owners()).as(what).isEqualTo(before.owners());
    }
    var jobs = new TreeSet<>(watched.jobs(subject));
    jobs.removeAll(before.jobs());
    assertThat(jobs).as("%s: new Jobs", what).hasSizeLessThanOrEqualTo(change.templates());
    if (change == Change.POLL) {
      assertThat(watched.values(subject, Names.BALLOT_KEY)).as(what).hasSize(1);
      assertThat(watched.polls(subject)).as(what).hasSize(1);
    }
    for (var workload : List.of("api", "frontend", "postgres", "redis")) {
      assertThat(watched.templates(subject, workload))
          .as("%s: templates of %s", what, workload)
          .hasSizeLessThanOrEqualTo(2);
    }
    for (var certificate :
        List.of(
            "voting-ca/tls.crt",
            "voting-ca/next.crt",
            "postgres-tls/tls.crt",
            "redis-tls/tls.crt")) {
      assertThat(watched.values(subject, certificate))
          .as("%s: values of %s", what, certificate)
          .hasSizeLessThanOrEqualTo(1);
    }
  }

  /** What was refused last may be tried again after a while; then there is nothing more. */
  private void awaitSilence(List<Subjects> subjects) {
    try (var log = kubernetes.record()) {
      await("silence")
          .atMost(END)
          .until(
              () -> {
                log.clear();
                letPass(Duration.ofSeconds(3));
                return log.all().stream()
                    .noneMatch(request -> subjects.stream().anyMatch(one -> isWrite(request, one)));
              });
    }
  }

  /**
   * One VotingApp, one of whose writes fails.
   *
   * @param write which one
   * @param times how often it is refused
   * @param status how
   * @param seen writes that were wanted so far
   * @param chosen method and path of the write, once it was wanted
   * @param refused how often it was refused so far
   */
  private record Failure(
      Subjects subject,
      int write,
      int times,
      int status,
      AtomicInteger seen,
      AtomicReference<String> chosen,
      AtomicInteger refused,
      AtomicInteger last) {

    Failure(Subjects subject, int write, int times, int status) {
      this(
          subject,
          write,
          times,
          status,
          new AtomicInteger(),
          new AtomicReference<>(),
          new AtomicInteger(),
          new AtomicInteger(-1));
    }

    synchronized boolean takes(RecordedRequest request) {
      var key = request.method() + " " + request.path();
      if (seen.getAndIncrement() == write) {
        chosen.set(key);
      }
      var killed = times == Integer.MAX_VALUE && chosen.get() != null;
      var takes = killed || key.equals(chosen.get()) && refused.get() < times;
      if (takes) {
        refused.incrementAndGet();
      }
      return takes;
    }

    boolean happened() {
      return chosen.get() != null;
    }

    boolean isOver() {
      return refused.get() >= times;
    }

    /** Nothing was wanted since it was last asked. */
    boolean idle() {
      var now = seen.get();
      return last.getAndSet(now) == now;
    }

    String key() {
      return Objects.toString(chosen.get(), "none");
    }
  }

  /** What must not be made twice. */
  private record State(Map<String, String> logins, Set<String> owners, List<String> jobs) {
    static final List<String> SECOND =
        Stream.of(
                "POSTGRES_API_B_PASSWORD",
                "POSTGRES_CONSUMER_B_PASSWORD",
                "REDIS_API_B_PASSWORD",
                "REDIS_CONSUMER_B_PASSWORD")
            .toList();

    static State of(Subjects subject) {
      var data = subject.decoded(subject.names.dataNamespace());
      return new State(
          data.entrySet().stream()
              .filter(entry -> entry.getKey().matches(".*_(API|CONSUMER)_.*"))
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a, TreeMap::new)),
          Set.of(data.get(Names.POSTGRES_PASSWORD), data.get(Names.REDIS_PASSWORD)),
          subject.jobs());
    }
  }

  /** Everything that Secrets, Jobs and templates have been. */
  private static final class Watched implements AutoCloseable {
    private final Map<String, Set<String>> values = new ConcurrentHashMap<>();
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();

    Watched() {
      on(Secret.class);
      on(Job.class);
      on(Deployment.class);
      on(StatefulSet.class);
    }

    private <T extends HasMetadata> void on(Class<T> kind) {
      informers.add(
          client
              .resources(kind)
              .inAnyNamespace()
              .inform(
                  new ResourceEventHandler<T>() {
                    @Override
                    public void onAdd(T object) {
                      see(object);
                    }

                    @Override
                    public void onUpdate(T before, T object) {
                      see(object);
                    }

                    @Override
                    public void onDelete(T object, boolean unknown) {}
                  }));
    }

    private void see(HasMetadata object) {
      var where = object.getMetadata().getNamespace() + "/";
      var name = object.getMetadata().getName();
      switch (object) {
        case Secret secret ->
            Optional.ofNullable(secret.getData())
                .orElse(Map.of())
                .forEach(
                    (key, value) ->
                        add(
                            where + (name.equals(Names.CREDENTIALS) ? key : name + "/" + key),
                            new String(Base64.getDecoder().decode(value))));
        case Job job when Ownership.isOf(Names.POLL, job) -> add(where + "polls", name);
        case Job _ -> add(where + "jobs", name);
        case Deployment deployment ->
            add(where + name, deployment.getSpec().getTemplate().toString());
        case StatefulSet set -> add(where + name, set.getSpec().getTemplate().toString());
        default -> {}
      }
    }

    private void add(String where, String value) {
      values.computeIfAbsent(where, _ -> new ConcurrentSkipListSet<>()).add(value);
    }

    void clear() {
      values.clear();
    }

    Set<String> values(Subjects subject, String key) {
      return values.getOrDefault(subject.names.dataNamespace() + "/" + key, Set.of());
    }

    Set<String> jobs(Subjects subject) {
      return values.getOrDefault(subject.names.consumerNamespace() + "/jobs", Set.of());
    }

    Set<String> polls(Subjects subject) {
      return values.getOrDefault(subject.names.consumerNamespace() + "/polls", Set.of());
    }

    Set<String> templates(Subjects subject, String workload) {
      return subject.names.namespaces().stream()
          .flatMap(namespace -> values.getOrDefault(namespace + "/" + workload, Set.of()).stream())
          .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public void close() {
      informers.forEach(SharedIndexInformer::stop);
    }
  }
}
