package dev.voting.local.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.local.controllers.Controllers;
import dev.voting.local.ingress.IngressServer;
import dev.voting.local.node.config.Addresses;
import dev.voting.local.node.config.Storage;
import dev.voting.local.programs.ChildProcess;
import dev.voting.local.programs.Children;
import dev.voting.local.programs.Images;
import dev.voting.local.programs.Launch;
import dev.voting.local.programs.Program;
import dev.voting.local.programs.Running;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node with real processes, driven by nothing but objects. */
class LocalNodeIT {
  @TempDir Path directory;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<String> messages = new ArrayList<>();

  private InMemoryKubernetes api;
  private KubernetesClient client;
  private Vertx vertx;
  private Children children;
  private Kubelet kubelet;
  private Controllers controllers;
  private IngressServer ingress;

  @BeforeEach
  void start() throws IOException {
    api = InMemoryKubernetes.start();
    client = api.client();
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName("shop").endMetadata().build())
        .create();
    vertx = Vertx.vertx();
    children = new Children(directory.resolve("children"), Optional.empty());
    kubelet =
        new Kubelet(
            client,
            LocalNodeIT.this::image,
            new Addresses(),
            new Storage(directory.resolve("claims")),
            directory.resolve("pods"),
            messages::add);
    kubelet.start();
    controllers = new Controllers(client);
    controllers.start();
    ingress = new IngressServer(client, vertx, "127.0.0.1", 0);
    try (InputStream objects = LocalNodeIT.class.getResourceAsStream("../workloads.yaml")) {
      for (HasMetadata object : client.load(objects).items()) {
        client.resource(object).create();
      }
    }
  }

  @AfterEach
  void stop() {
    ingress.close();
    controllers.close();
    kubelet.close();
    children.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    client.close();
    api.close();
  }

  /** Each process of the node is a JVM, and a busy machine takes its time to start one. */
  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(60));
  }

  @Test
  void runsWhatTheObjectsSay() throws Exception {
    awaitReady("store", 1);
    awaitReady("web", 2);
    awaitReady("count", 1);

    Pod store = pods("store").getFirst();
    assertThat(store.getMetadata().getName()).isEqualTo("store-0");
    String args = get(local(store, 7000), "/args");
    Path claim = directory.resolve("claims/shop/data-store-0");
    assertThat(args.lines())
        .hasSize(4)
        .contains("--conf", "--password=s3cret", claim.toString())
        .anySatisfy(
            word -> assertThat(Path.of(word)).hasContent("open = true").hasFileName("shop.conf"));

    Pod web = pods("web").getFirst();
    assertThat(get(local(web, 8000), "/env").lines())
        .contains("STORE_URL=tcp://127.0.0.1:" + local(store, 7000) + "/db");

    Pod count = pods("count").getFirst();
    assertThat(get(local(count, 9000), "/env").lines())
        .contains("COUNTER=" + count.getMetadata().getName());

    await()
        .untilAsserted(
            () -> {
              assertThat(set("store").getStatus().getReadyReplicas()).isEqualTo(1);
              assertThat(deployment("web").getStatus().getAvailableReplicas()).isEqualTo(2);
              assertThat(job("count").getStatus().getReady()).isEqualTo(1);
              assertThat(
                      client
                          .persistentVolumeClaims()
                          .inNamespace("shop")
                          .withName("data-store-0")
                          .get()
                          .getStatus()
                          .getPhase())
                  .isEqualTo("Bound");
            });
  }

  @Test
  void startsAKilledProcessAgainAndSaysSo() throws Exception {
    awaitReady("web", 2);
    Pod victim = pods("web").getFirst();
    long pid = pid(victim);
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();

    await().until(() -> deployment("web").getStatus().getReadyReplicas() == 1);
    awaitReady("web", 2);
    Pod restarted = client.resource(victim).get();
    var status = restarted.getStatus().getContainerStatuses().getFirst();
    assertThat(status.getRestartCount()).isEqualTo(1);
    assertThat(status.getLastState().getTerminated().getExitCode()).isEqualTo(137);
    assertThat(pid(restarted)).isNotEqualTo(pid);
  }

  @Test
  void replacesPodsOneByOneWhenTheTemplateChanges() throws Exception {
    awaitReady("web", 2);
    awaitReady("store", 1);
    Path kept = directory.resolve("claims/shop/data-store-0/kept");
    Files.writeString(kept, "data");
    Set<String> before = names("web");
    int port = local(pods("store").getFirst(), 7000);

    String template =
        "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"checksum\":\"2\"}}}}}";
    patch(deployment("web"), template);
    patch(set("store"), template);

    List<Integer> served = new ArrayList<>();
    await()
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              served.add(request(ingress.port(), "/ready").statusCode());
              Set<String> now = names("web");
              return now.size() == 2 && now.stream().noneMatch(before::contains);
            });
    assertThat(served).containsOnly(200);
    await()
        .until(
            () ->
                pods("store").size() == 1
                    && "2"
                        .equals(
                            pods("store")
                                .getFirst()
                                .getMetadata()
                                .getAnnotations()
                                .get("checksum")));
    awaitReady("store", 1);
    assertThat(local(pods("store").getFirst(), 7000)).isEqualTo(port);
    assertThat(kept).hasContent("data");
  }

  @Test
  void scalesByTheSpec() {
    awaitReady("count", 1);
    patch(job("count"), "{\"spec\":{\"parallelism\":3}}");
    awaitReady("count", 3);
    client.apps().deployments().inNamespace("shop").withName("web").scale(1);
    await().until(() -> pods("web").size() == 1);
    await().untilAsserted(() -> assertThat(children("web")).isEqualTo(1));
  }

  @Test
  void failsTheJobThatFailsTooOften() throws Exception {
    awaitReady("count", 1);
    Pod pod = pods("count").getFirst();
    await().until(() -> answers(local(pod, 9000)));
    assertThatThrownBy(() -> get(local(pod, 9000), "/exit?3"))
        .as("it ends before it answers")
        .isInstanceOf(IOException.class);
    await()
        .untilAsserted(
            () -> {
              var last = status(client.resource(pod).get()).getState().getTerminated();
              assertThat(last).isNotNull();
              assertThat(last.getExitCode()).isEqualTo(3);
              assertThat(last.getMessage()).endsWith("the termination message");
            });
    await()
        .untilAsserted(
            () ->
                assertThat(job("count").getStatus().getConditions())
                    .anySatisfy(
                        condition -> {
                          assertThat(condition.getType()).isEqualTo("Failed");
                          assertThat(condition.getReason()).isEqualTo("BackoffLimitExceeded");
                        }));
    await().untilAsserted(() -> assertThat(children("count")).isZero());
  }

  @Test
  void routesByTheIngress() throws Exception {
    awaitReady("web", 2);
    await().until(() -> request(ingress.port(), "/ready").statusCode() == 200);

    Set<String> answered = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      HttpResponse<String> echo =
          http.send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + ingress.port() + "/echo"))
                  .POST(HttpRequest.BodyPublishers.ofString("x".repeat(1024)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(echo.statusCode()).isEqualTo(200);
      assertThat(echo.body()).endsWith(" 1024 [127.0.0.1]");
      answered.add(echo.body());
    }
    assertThat(answered).as("both pods take turns").hasSize(2);

    for (HttpRequest.BodyPublisher body :
        List.of(
            HttpRequest.BodyPublishers.ofString("x".repeat(1025)),
            HttpRequest.BodyPublishers.ofInputStream(
                () -> new java.io.ByteArrayInputStream(new byte[5000])))) {
      assertThat(
              http.send(
                      HttpRequest.newBuilder(
                              URI.create("http://localhost:" + ingress.port() + "/echo"))
                          .POST(body)
                          .build(),
                      HttpResponse.BodyHandlers.discarding())
                  .statusCode())
          .isEqualTo(413);
    }

    HttpResponse<InputStream> events =
        http.send(
            HttpRequest.newBuilder(URI.create("http://localhost:" + ingress.port() + "/events"))
                .build(),
            HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(events.body()))) {
      assertThat(lines.readLine()).as("while the stream is still open").isEqualTo("data: first");
    }

    client.apps().deployments().inNamespace("shop").withName("web").scale(0);
    await().until(() -> request(ingress.port(), "/ready").statusCode() == 503);
    client.network().v1().ingresses().inNamespace("shop").withName("web").delete();
    await().until(() -> request(ingress.port(), "/ready").statusCode() == 404);
  }

  @Test
  void saysWhyAnImageHasNoProgram() {
    awaitReady("web", 2);
    patch(
        deployment("web"),
        "{\"spec\":{\"template\":{\"spec\":{\"containers\":"
            + "[{\"name\":\"web\",\"image\":\"other:1\"}]}}}}");
    await()
        .untilAsserted(
            () ->
                assertThat(pods("web"))
                    .anySatisfy(
                        pod -> {
                          var waiting =
                              pod.getStatus()
                                  .getContainerStatuses()
                                  .getFirst()
                                  .getState()
                                  .getWaiting();
                          assertThat(waiting).isNotNull();
                          assertThat(waiting.getReason()).isIn("ErrImagePull", "ImagePullBackOff");
                          assertThat(waiting.getMessage()).contains("other:1");
                        }));
    assertThat(deployment("web").getStatus().getReadyReplicas())
        .as("the pods of the template before go on serving")
        .isEqualTo(2);
  }

  /** A kubelet tries again, too. */
  @Test
  void aPodStartsOnceTheApiServerAnswersAgain() {
    awaitReady("store", 1);
    Pod before = pods("store").getFirst();
    api.failNext(
        request -> request.method().equals("GET") && request.path().endsWith("/services/store"),
        2,
        403);

    client.resource(before).delete();

    await()
        .untilAsserted(
            () ->
                assertThat(pods("store"))
                    .singleElement()
                    .satisfies(
                        pod -> {
                          assertThat(pod.getMetadata().getUid())
                              .isNotEqualTo(before.getMetadata().getUid());
                          assertThat(ready(pod)).isTrue();
                        }));
    assertThat(messages).anyMatch(line -> line.contains("its ports are not known"));
  }

  /** Kubernetes' issue 67250, which a set that goes in order has by design. */
  @Test
  void aSetThatGoesInOrderWaitsForAPodThatNeverGetsReady() {
    awaitReady("store", 1);
    pull("store", "nope:1");
    await().until(() -> pods("store").stream().anyMatch(LocalNodeIT::isNotPulled));
    Pod stuck = pods("store").getFirst();

    pull("store", "store:1");

    long corrected = set("store").getMetadata().getGeneration();
    await().until(() -> set("store").getStatus().getObservedGeneration() == corrected);
    assertThat(set("store").getStatus().getUpdatedReplicas()).isZero();
    assertThat(set("store").getStatus().getReadyReplicas()).isZero();
    assertThat(pods("store"))
        .singleElement()
        .satisfies(
            pod -> {
              assertThat(pod.getMetadata().getUid()).isEqualTo(stuck.getMetadata().getUid());
              assertThat(pod.getMetadata().getDeletionTimestamp()).isNull();
            });
    client.resource(stuck).delete();
    awaitReady("store", 1);
  }

  @Test
  void aSetThatGoesInParallelReplacesAPodThatNeverGetsReady() {
    awaitReady("store", 1);
    String uid = pods("store").getFirst().getMetadata().getUid();
    StatefulSet parallel =
        new StatefulSetBuilder(set("store"))
            .withNewMetadata()
            .withName("store")
            .withNamespace("shop")
            .endMetadata()
            .editSpec()
            .withPodManagementPolicy("Parallel")
            .endSpec()
            .withStatus(null)
            .build();
    client.resource(set("store")).withPropagationPolicy(DeletionPropagation.ORPHAN).delete();
    await().until(() -> set("store") == null);
    client.resource(parallel).create();
    await()
        .untilAsserted(() -> assertThat(set("store").getStatus().getReadyReplicas()).isEqualTo(1));
    assertThat(pods("store").getFirst().getMetadata().getUid())
        .as("the new set adopts the pod")
        .isEqualTo(uid);

    pull("store", "nope:1");
    await().until(() -> pods("store").stream().anyMatch(LocalNodeIT::isNotPulled));
    pull("store", "store:1");

    awaitReady("store", 1);
    await()
        .untilAsserted(
            () -> {
              var status = set("store").getStatus();
              assertThat(status.getUpdatedReplicas()).isEqualTo(1);
              assertThat(status.getCurrentRevision()).isEqualTo(status.getUpdateRevision());
            });
  }

  @Test
  void aWorkQueueGetsNoMorePodsAfterTheFirstSuccess() throws Exception {
    awaitReady("count", 1);
    patch(job("count"), "{\"spec\":{\"parallelism\":2}}");
    awaitReady("count", 2);
    Pod done = pods("count").getFirst();
    Pod left = pods("count").getLast();

    ends(done, 0);
    await().untilAsserted(() -> assertThat(job("count").getStatus().getSucceeded()).isEqualTo(1));
    assertThat(job("count").getStatus().getActive()).isEqualTo(1);
    client.resource(left).delete();

    await().untilAsserted(() -> assertThat(end("count")).contains("Complete"));
    assertThat(job("count").getStatus().getFailed()).as("the deleted one").isEqualTo(1);
    assertThat(names("count")).containsExactly(done.getMetadata().getName());
  }

  @Test
  void aDeletedPodOfAJobCountsAsFailedAndIsReplaced() {
    awaitReady("count", 1);
    Set<String> first = names("count");

    client.resource(pods("count").getFirst()).delete();

    await()
        .untilAsserted(
            () ->
                assertThat(pods("count"))
                    .singleElement()
                    .matches(LocalNodeIT::ready)
                    .matches(pod -> !first.contains(pod.getMetadata().getName())));
    await().untilAsserted(() -> assertThat(job("count").getStatus().getFailed()).isEqualTo(1));
    client.resource(pods("count").getFirst()).delete();
    await().untilAsserted(() -> assertThat(end("count")).contains("FailureTarget", "Failed"));
    assertThat(job("count").getStatus().getFailed()).isEqualTo(2);
    await().untilAsserted(() -> assertThat(pods("count")).isEmpty());
  }

  /** Its grace is 5 s, in which it ends none of what SIGTERM asks it to end. */
  @Test
  void aDeletedPodStaysUntilItIsKilledAndIsServedNoMore() throws Exception {
    awaitReady("web", 2);
    Set<String> before = names("web");
    patch(
        deployment("web"),
        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"web:1\","
            + "\"env\":[{\"name\":\"IGNORES_SIGTERM\",\"value\":\"yes\"}],\"ports\":"
            + "[{\"name\":\"http\",\"containerPort\":8000}],\"readinessProbe\":"
            + "{\"httpGet\":{\"path\":\"/ready\",\"port\":\"http\"}}}]}}}}");
    await()
        .until(
            () ->
                names("web").stream().noneMatch(before::contains)
                    && pods("web").size() == 2
                    && pods("web").stream().allMatch(LocalNodeIT::ready));
    Pod deleted = pods("web").getFirst();
    long pid = pid(deleted);

    client.resource(deleted).delete();

    Pod terminating = client.resource(deleted).get();
    assertThat(terminating.getMetadata().getDeletionTimestamp()).isNotNull();
    assertThat(ProcessHandle.of(pid)).get().matches(ProcessHandle::isAlive);
    await()
        .untilAsserted(() -> assertThat(echoes(2)).noneMatch(echo -> echo.startsWith(pid + " ")));
    await().until(() -> client.resource(deleted).get() == null);
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    awaitReady("web", 2);
  }

  @Test
  void aPodThatIsNotReadyGetsNoRequests() throws Exception {
    awaitReady("web", 2);
    await().until(() -> request(ingress.port(), "/ready").statusCode() == 200);
    Pod tired = pods("web").getFirst();
    long pid = pid(tired);
    get(local(tired, 8000), "/unready");
    await().until(() -> !ready(client.resource(tired).get()));

    await()
        .untilAsserted(() -> assertThat(echoes(4)).noneMatch(echo -> echo.startsWith(pid + " ")));
    get(local(pods("web").getLast(), 8000), "/unready");
    await().until(() -> request(ingress.port(), "/echo").statusCode() == 503);
  }

  /** What the pods behind the Ingress say of themselves. */
  private List<String> echoes(int count) throws IOException, InterruptedException {
    List<String> echoes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      echoes.add(get(ingress.port(), "/echo"));
    }
    return echoes;
  }

  /** Has a pod's process end by itself. */
  private void ends(Pod pod, int code) {
    await().until(() -> answers(local(pod, 9000)));
    assertThatThrownBy(() -> get(local(pod, 9000), "/exit?" + code))
        .as("it ends before it answers")
        .isInstanceOf(IOException.class);
  }

  /** The conditions of a Job. */
  private List<String> end(String job) {
    return job(job).getStatus().getConditions().stream().map(c -> c.getType()).toList();
  }

  private static boolean isNotPulled(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getContainerStatuses().stream()
            .map(container -> container.getState().getWaiting())
            .anyMatch(waiting -> waiting != null && waiting.getReason().contains("ImagePull"));
  }

  private void pull(String set, String image) {
    client
        .resource(set(set))
        .patch(
            PatchContext.of(PatchType.JSON),
            "[{\"op\":\"replace\",\"path\":\"/spec/template/spec/containers/0/image\","
                + "\"value\":\"%s\"}]".formatted(image));
  }

  private Images.Found image(String image, String component) {
    Map<String, Integer> ports = Map.of("store", 7000, "web", 8000, "count", 9000);
    Integer port = ports.get(Images.repository(image));
    if (port == null) {
      return new Images.Found.Unknown("nothing stands for " + image);
    }
    return new Images.Found.Known(
        new Program() {
          @Override
          public Map<String, Integer> portVariables() {
            return Map.of("PORT", port);
          }

          @Override
          public Running start(Launch launch) throws IOException {
            List<String> command =
                new ArrayList<>(
                    List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        "target/test-classes",
                        TinyServer.class.getName()));
            command.addAll(launch.args());
            ProcessBuilder builder =
                new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(launch.log().toFile()));
            builder.environment().putAll(launch.env());
            return new ChildProcess(children.start(builder, launch.name()));
          }
        });
  }

  private void awaitReady(String app, int count) {
    await().untilAsserted(() -> assertThat(pods(app)).hasSize(count).allMatch(LocalNodeIT::ready));
  }

  private List<Pod> pods(String app) {
    return client.pods().inNamespace("shop").withLabel("app", app).list().getItems();
  }

  private Set<String> names(String app) {
    Set<String> names = new HashSet<>();
    pods(app).forEach(pod -> names.add(pod.getMetadata().getName()));
    return names;
  }

  private long children(String app) throws IOException {
    return Files.readAllLines(directory.resolve("children")).stream()
        .filter(line -> line.contains("/" + app))
        .count();
  }

  private static boolean ready(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  private boolean answers(int port) throws InterruptedException {
    try {
      return request(port, "/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private void patch(HasMetadata object, String patch) {
    client.resource(object).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private static ContainerStatus status(Pod pod) {
    return pod.getStatus().getContainerStatuses().getFirst();
  }

  private static long pid(Pod pod) {
    String id = status(pod).getContainerID();
    return Long.parseLong(id.substring("process://".length()));
  }

  private static int local(Pod pod, int port) {
    return PodPorts.local(pod, port).orElseThrow();
  }

  private io.fabric8.kubernetes.api.model.apps.StatefulSet set(String name) {
    return client.apps().statefulSets().inNamespace("shop").withName(name).get();
  }

  private io.fabric8.kubernetes.api.model.apps.Deployment deployment(String name) {
    return client.apps().deployments().inNamespace("shop").withName(name).get();
  }

  private Job job(String name) {
    return client.batch().v1().jobs().inNamespace("shop").withName(name).get();
  }

  private String get(int port, String path) throws IOException, InterruptedException {
    return request(port, path).body();
  }

  private HttpResponse<String> request(int port, String path)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
