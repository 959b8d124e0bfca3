package dev.voting.operator.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.operator.bench.ApiProxy.Request;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.http.Clients;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How quickly, with how many requests and in how much memory the operator does its work, beside
 * what {@code kubectl apply} of the same objects needs on the same API server. See
 * docs/operator.md.
 *
 * <p>System properties: {@code cluster} (mock, or kubeconfig), {@code bench.rounds} (5), {@code
 * bench.silence} in seconds (60), {@code bench.apps} (1,100,1000).
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class Benchmark {

  private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
  private static final Duration SILENCE =
      Duration.ofSeconds(Integer.getInteger("bench.silence", 60));
  private static final List<Integer> APPS =
      Arrays.stream(System.getProperty("bench.apps", "1,100,1000").split(","))
          .map(Integer::valueOf)
          .toList();

  /** No request for so long: the operator has nothing more to do. */
  private static final Duration SETTLED = Duration.ofSeconds(3);

  /** The client library remembers each request until its timeout, 10 s, would have come. */
  private static final Duration FORGOTTEN = Duration.ofSeconds(15);

  private static final int FOREIGN_SECRETS = 400;
  private static final int WRITERS = 8;

  /** Milliseconds, for what is measured may take its time. */
  private static final int PATIENT = 120_000;

  private static final double MEBIBYTE = 1 << 20;

  @TempDir private Path folder;
  private final String prefix =
      "b" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 30), 36);
  private final List<String> made = new ArrayList<>();
  private Optional<InMemoryKubernetes> kubernetes = Optional.empty();
  private ApiProxy uncounted;
  private Path kubeconfig;
  private KubernetesClient client;

  @BeforeEach
  void connect() throws IOException {
    Optional<Path> cluster = Optional.empty();
    if (!System.getProperty("cluster", "mock").equals("kubeconfig")) {
      kubernetes = Optional.of(InMemoryKubernetes.listen(0));
      cluster = Optional.of(folder.resolve("cluster.yaml"));
      kubernetes.get().writeKubeconfig(cluster.get());
    }
    uncounted = new ApiProxy(cluster, folder.resolve("uncounted.log"));
    kubeconfig = uncounted.kubeconfig(folder.resolve("uncounted.yaml"));
    client =
        Clients.of(
            // Nothing of the environment: the proxy has the credentials.
            new ConfigBuilder(Config.empty())
                .withMasterUrl(uncounted.url())
                .withHttp2Disable(true)
                .withRequestTimeout(PATIENT)
                .build());
    client.resource(VotingAppCrd.read()).forceConflicts().serverSideApply();
  }

  @AfterEach
  void leaveNothing() {
    made.forEach(
        app -> {
          client.resources(VotingApp.class).withName(app).delete();
          new Names(app).namespaces().forEach(name -> client.namespaces().withName(name).delete());
        });
    client.close();
    uncounted.close();
    kubernetes.ifPresent(InMemoryKubernetes::close);
  }

  private ApiProxy counted() throws IOException {
    return new ApiProxy(Optional.of(kubeconfig), folder.resolve("counted.log"));
  }

  private OperatorProcess operator(ApiProxy proxy) throws IOException {
    return new OperatorProcess(
        proxy.kubeconfig(folder.resolve("counted.yaml")), folder.resolve("operator.log"));
  }

  @Test
  void ofOneVotingApp() throws Exception {
    try (var proxy = counted();
        var operator = operator(proxy);
        var presence = new Presence(client)) {
      assertThat(proxy.requests()).as("the log of kubectl proxy can be read").isNotEmpty();
      var objects = blueprint("any").size();
      print("one VotingApp: %d objects", objects);
      var byOperator = new ArrayList<Double>();
      var byKubectl = new ArrayList<Double>();
      for (int i = 0; i < ROUNDS; i++) {
        var before = settled(proxy);
        var app = "%s-%d".formatted(prefix, i);
        byOperator.add(
            seconds(
                () -> {
                  apply(app);
                  presence.await(List.of(app), objects);
                }));
        print(
            "  all present after %.2f s; requests of its first reconciliations: %s",
            byOperator.getLast(), counts(requests(proxy, before, settled(proxy))));
        byKubectl.add(kubectlApply("%s-k%d".formatted(prefix, i)));
        print("  kubectl apply --server-side of the same: %.2f s", byKubectl.getLast());
      }
      print(
          "median: operator %.2f s, kubectl %.2f s, ratio %.2f",
          median(byOperator), median(byKubectl), median(byOperator) / median(byKubectl));
      measureConverged(proxy, prefix + "-0");
      operator.checkAlive();
    }
  }

  private void measureConverged(ApiProxy proxy, String app) throws Exception {
    var before = settled(proxy);
    // Not of a Deployment, whose generation an annotation raises: that is news for the status.
    client
        .services()
        .inNamespace(new Names(app).apiNamespace())
        .withName("api")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"example.com/note\":\"somebody else's\"}}}");
    var requests = requests(proxy, before, settled(proxy));
    print("requests of a reconciliation of what has converged: %s", counts(requests));
    requests.forEach(request -> print("  %s %s", request.method(), request.path()));
    var silent = settled(proxy);
    Thread.sleep(SILENCE);
    var noise = requests(proxy, silent, proxy.requests().size());
    print("requests in %d s of silence: %s", SILENCE.toSeconds(), counts(noise));
    assertThat(noise).allMatch(Request::isWatch);
  }

  @Test
  void ofMany() throws Exception {
    Optional<Long> heapOfFirst = Optional.empty();
    for (int count : APPS) {
      try (var proxy = counted();
          var operator = operator(proxy);
          var presence = new Presence(client)) {
        var idle = operator.heap();
        var apps = IntStream.range(0, count).mapToObj(i -> prefix + "-" + count + "-" + i).toList();
        var objects = blueprint("any").size();
        var before = settled(proxy);
        var time =
            seconds(
                () -> {
                  applyAll(apps);
                  presence.await(apps, objects);
                });
        var resident = operator.resident();
        var after = settled(proxy);
        Thread.sleep(FORGOTTEN);
        var heap = operator.heap();
        print(
            "%d VotingApps: all %d objects after %.1f s, %.3f s each; requests: %s",
            count, count * objects, time, time / count, counts(requests(proxy, before, after)));
        print(
            "  memory: heap %.0f MiB (idle %.0f MiB), resident %.0f MiB at work, %.0f MiB after",
            heap / MEBIBYTE, idle / MEBIBYTE, resident / MEBIBYTE, operator.resident() / MEBIBYTE);
        print(
            "  growth: %.0f KiB of heap per VotingApp beside what is idle",
            (heap - idle) / 1024.0 / count);
        operator.checkAlive();
        heapOfFirst = heapOfFirst.or(() -> Optional.of(heap));
      }
    }
    assertThat(heapOfFirst).isPresent();
  }

  /** Our label on objects that are not ours, which anybody may set. */
  @Test
  void besideOtherSecrets() throws Exception {
    createOtherSecrets(0, FOREIGN_SECRETS);
    try (var proxy = counted();
        var operator = operator(proxy)) {
      print(
          "%d other Secrets of 1 MiB at the start: resident %.0f MiB, heap %.0f MiB",
          FOREIGN_SECRETS, operator.resident() / MEBIBYTE, operator.heap() / MEBIBYTE);
      createOtherSecrets(FOREIGN_SECRETS, 2 * FOREIGN_SECRETS);
      Thread.sleep(FORGOTTEN);
      print(
          "as many again while it watches: resident %.0f MiB, heap %.0f MiB",
          operator.resident() / MEBIBYTE, operator.heap() / MEBIBYTE);
      operator.checkAlive();
    } finally {
      for (int i = 0; i < 2 * FOREIGN_SECRETS; i++) {
        client.secrets().inNamespace("default").withName(prefix + "-" + i).delete();
      }
    }
  }

  private void createOtherSecrets(int from, int to) {
    for (int i = from; i < to; i++) {
      client
          .resource(
              new SecretBuilder()
                  .withNewMetadata()
                  .withNamespace("default")
                  .withName(prefix + "-" + i)
                  .addToLabels(Names.MANAGED_BY, Names.OPERATOR)
                  .endMetadata()
                  .addToData("large", "eHh4".repeat((1 << 20) / 3 - 1000))
                  .build())
          .create();
    }
  }

  private static List<HasMetadata> blueprint(String name) {
    var app = new VotingApp();
    app.getMetadata().setName(name);
    return Renderings.of(app).objects().toList();
  }

  private void apply(String name) {
    var app = new VotingApp();
    app.getMetadata().setName(name);
    client.resource(app).create();
    synchronized (made) {
      made.add(name);
    }
  }

  private void applyAll(List<String> apps) throws InterruptedException, ExecutionException {
    try (var writers = Executors.newFixedThreadPool(WRITERS)) {
      for (Future<?> written :
          apps.stream().map(app -> writers.submit(() -> apply(app))).toList()) {
        written.get();
      }
    }
  }

  private double kubectlApply(String app) throws Exception {
    var file =
        Files.writeString(
            folder.resolve(app + ".yaml"),
            blueprint(app).stream().map(Serialization::asYaml).collect(Collectors.joining()));
    made.add(app);
    return seconds(
        () -> {
          var kubectl =
              new ProcessBuilder("kubectl", "apply", "--server-side", "-f", file.toString());
          kubectl.environment().put("KUBECONFIG", kubeconfig.toString());
          kubectl.redirectOutput(folder.resolve("kubectl.log").toFile());
          assertThat(kubectl.start().waitFor()).isZero();
        });
  }

  /** Waits until the operator asks for nothing more, and returns how much it has asked for. */
  private static int settled(ApiProxy proxy) throws IOException, InterruptedException {
    var last = -1;
    while (last != proxy.requests().size()) {
      last = proxy.requests().size();
      Thread.sleep(SETTLED);
    }
    return last;
  }

  private static List<Request> requests(ApiProxy proxy, int from, int to) throws IOException {
    return proxy.requests().subList(from, to);
  }

  private static String counts(List<Request> requests) {
    return "%d reads, %d writes, %d watches"
        .formatted(
            requests.stream().filter(r -> !r.isWrite() && !r.isWatch()).count(),
            requests.stream().filter(Request::isWrite).count(),
            requests.stream().filter(Request::isWatch).count());
  }

  /** Something to take the time of. */
  private interface Work {
    void run() throws Exception;
  }

  private static double seconds(Work work) throws Exception {
    var start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
