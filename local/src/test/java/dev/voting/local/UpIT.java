package dev.voting.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voting.crd.VotingApp;
import dev.voting.local.node.PodPorts;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a newcomer does: start, vote, break things, stop. */
class UpIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final List<String> PROCESSES = List.of("postgres", "redis", "api", "consumer");

  private Path corner;

  @BeforeEach
  void makeCorner() throws IOException {
    corner = Up.corner();
  }

  @AfterEach
  void clearCorner() throws IOException {
    Up.clear(corner);
  }

  /** Right after a kill an answer may be missing for a moment; what counts is what follows. */
  private static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE).ignoreExceptionsInstanceOf(IOException.class);
  }

  @Test
  void countsEveryVoteWhateverIsKilledAndLeavesNothing() throws Exception {
    List<ProcessHandle> processes = new ArrayList<>();
    int port;
    try (Up up = Up.start(corner);
        Voter voter = new Voter(port = up.awaitReady(PATIENCE));
        KubernetesClient client = up.client()) {
      assertStartedOnceAndForThisMachineAlone(client);
      for (int i = 0; i < 200; i++) {
        voter.vote(i % 4 == 0 ? "dogs" : "cats");
      }
      await()
          .untilAsserted(() -> assertThat(voter.results()).isEqualTo(new Voter.Results(150, 50)));
      assertThat(voter.get("/").body()).contains("<!doctype html>");

      try (ReadyWatch ready = new ReadyWatch(client)) {
        for (String component : PROCESSES) {
          Pod pod = pod(client, component);
          long killed = pid(pod);
          ready.begin();
          ProcessHandle.of(killed).orElseThrow().destroyForcibly();
          await().alias(component + " is missed").until(() -> ready.turned("False"));
          voter.voteUntilTaken("cats");
          await().alias(component + " is back").until(() -> ready.turned("True"));
          assertThat(pid(pod(client, component))).as(component).isNotEqualTo(killed);
        }
      }
      await()
          .untilAsserted(
              () ->
                  assertThat(voter.results())
                      .isEqualTo(new Voter.Results(150 + PROCESSES.size(), 50)));

      assertThat(residentMemory(up)).as("bytes of the whole stack").isLessThan(1L << 30);
      up.handle().descendants().forEach(processes::add);
      assertThat(processes).hasSizeGreaterThanOrEqualTo(PROCESSES.size());
      up.signal("INT");
      assertThat(up.awaitExit()).isEqualTo(130);
    }
    await().untilAsserted(() -> assertThat(processes).noneMatch(ProcessHandle::isAlive));
    assertThat(Up.temporaryFiles(corner)).isEmpty();
    assertThat(Up.announcements(corner)).isEmpty();
    new ServerSocket(port).close();
  }

  /** Nothing ends while it waits for another, and 127.0.0.2 stands for any other address. */
  private static void assertStartedOnceAndForThisMachineAlone(KubernetesClient client) {
    for (String component : PROCESSES) {
      Pod pod = pod(client, component);
      assertThat(pod.getStatus().getContainerStatuses())
          .as(component)
          .isNotEmpty()
          .allMatch(container -> container.getRestartCount() == 0);
      assertThat(PodPorts.read(pod).values())
          .as(component)
          .isNotEmpty()
          .allSatisfy(
              port ->
                  assertThatThrownBy(() -> new Socket("127.0.0.2", port).close())
                      .isInstanceOf(IOException.class));
    }
  }

  /** All credentials, while people vote: not one notices. */
  @Test
  void rotatesTheCredentialsWithNoVoteFailing() throws Exception {
    try (Up up = Up.start(corner);
        Voter voter = new Voter(up.awaitReady(PATIENCE));
        KubernetesClient client = up.client()) {
      Map<String, String> before = urls(client);
      AtomicBoolean enough = new AtomicBoolean();
      List<CompletableFuture<Integer>> people = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        people.add(CompletableFuture.supplyAsync(() -> voteUntil(enough, voter)));
      }
      try {
        // From the first logins to the second ones, and back.
        for (String token : List.of("one", "two")) {
          Map<String, String> old = urls(client);
          Map<String, String> owners = owners(client);
          rotate(client, token);
          assertThat(urls(client)).doesNotContainValue(old.get("api DATABASE_URL"));
          for (String url : old.values()) {
            await().alias(token + " ends the old ones").until(() -> !accepted(url));
          }
          for (String url : urls(client).values()) {
            assertThat(accepted(url)).isTrue();
          }
          await()
              .alias(token + " ends the owners' old ones")
              .until(() -> owners.values().stream().noneMatch(UpIT::accepted));
          assertThat(people).noneMatch(CompletableFuture::isDone);
        }
      } finally {
        enough.set(true);
      }
      // Each came to its end without an error, so each vote was answered 201.
      int votes = 0;
      for (CompletableFuture<Integer> person : people) {
        votes += person.get(60, TimeUnit.SECONDS);
      }
      assertThat(votes).isGreaterThan(100);
      Voter.Results all = new Voter.Results(votes, 0);
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(voter.results()).isEqualTo(all));
      for (String component : List.of("postgres", "redis")) {
        assertThat(pod(client, component).getStatus().getContainerStatuses())
            .as("%s runs on", component)
            .hasSize(2)
            .allMatch(container -> container.getRestartCount() == 0);
      }
      assertThat(before.values()).noneMatch(UpIT::accepted);
    }
  }

  private static int voteUntil(AtomicBoolean enough, Voter voter) {
    try {
      int votes = 0;
      for (; !enough.get(); votes++) {
        voter.vote("cats");
      }
      return votes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void rotate(KubernetesClient client, String token) {
    client
        .resources(VotingApp.class)
        .withName("voting")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"secrets\":{\"rotate\":\"" + token + "\"}}}");
    await()
        .alias("rotation " + token)
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        client
                            .resources(VotingApp.class)
                            .withName("voting")
                            .get()
                            .getStatus()
                            .conditions())
                    .anySatisfy(
                        condition -> {
                          assertThat(condition.getType()).isEqualTo("CredentialsRotated");
                          assertThat(condition.getReason()).isEqualTo("Rotated");
                          assertThat(condition.getMessage()).contains(token);
                        }));
  }

  /** What the API and the consumer connect with, on this machine. */
  private static Map<String, String> urls(KubernetesClient client) {
    Map<String, String> urls = new TreeMap<>();
    for (String component : List.of("api", "consumer")) {
      secret(client, "voting-" + component)
          .forEach((key, url) -> urls.put(component + " " + key, local(client, url)));
    }
    return urls;
  }

  private static Map<String, String> owners(KubernetesClient client) {
    Map<String, String> data = secret(client, "voting-data");
    return Map.of(
        "postgres",
        local(
            client,
            "postgresql://voting:%s@postgres.voting-data.svc:5432/votes"
                .formatted(data.get("POSTGRES_PASSWORD"))),
        "redis",
        local(
            client,
            "redis://admin:%s@redis.voting-data.svc:6379".formatted(data.get("REDIS_PASSWORD"))));
  }

  private static Map<String, String> secret(KubernetesClient client, String namespace) {
    Map<String, String> values = new TreeMap<>();
    client
        .secrets()
        .inNamespace(namespace)
        .withName("voting-secrets")
        .get()
        .getData()
        .forEach(
            (key, value) -> values.put(key, new String(Base64.getDecoder().decode(value), UTF_8)));
    return values;
  }

  private static String local(KubernetesClient client, String url) {
    for (String server : List.of("postgres", "redis")) {
      String port = server.equals("postgres") ? "5432" : "6379";
      url =
          url.replace(
              server + ".voting-data.svc:" + port,
              "127.0.0.1:" + PodPorts.read(pod(client, server)).get(Integer.valueOf(port)));
    }
    return url;
  }

  /** Whether the server lets somebody in with a URL of its. */
  private static boolean accepted(String url) {
    URI uri = URI.create(url);
    String[] user = uri.getUserInfo().split(":");
    if (uri.getScheme().equals("redis")) {
      try (Socket redis = new Socket(uri.getHost(), uri.getPort())) {
        redis.setSoTimeout(5000);
        redis.getOutputStream().write("AUTH %s %s\r\n".formatted(user[0], user[1]).getBytes(UTF_8));
        String answer =
            new BufferedReader(new InputStreamReader(redis.getInputStream(), UTF_8)).readLine();
        assertThat(answer).isNotNull().containsAnyOf("+OK", "-WRONGPASS");
        return answer.equals("+OK");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    try (java.sql.Connection postgres =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + uri.getPort() + "/votes", user[0], user[1])) {
      return postgres.isValid(5);
    } catch (SQLException e) {
      assertThat(e.getSQLState()).as(e.getMessage()).isIn("28P01", "28000");
      return false;
    }
  }

  @Test
  void keepsTheDataAndCleansUpAfterAKill() throws Exception {
    Path data = corner.resolve("my data");
    List<ProcessHandle> processes = new ArrayList<>();
    try (Up up = Up.start(corner, "--data-dir", data.toString());
        Voter voter = new Voter(up.awaitReady(PATIENCE))) {
      voter.vote("dogs");
      await().untilAsserted(() -> assertThat(voter.results()).isEqualTo(new Voter.Results(0, 1)));
      Up.Result second = Up.run(corner, "up", "--port", "0", "--data-dir", data.toString());
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.printed().lines()).hasSize(1).first().asString().contains("--data-dir");

      up.handle().descendants().forEach(processes::add);
      up.signal("KILL");
      up.awaitExit();
    }
    await().untilAsserted(() -> assertThat(processes).noneMatch(ProcessHandle::isAlive));
    await().untilAsserted(() -> assertThat(Up.announcements(corner)).isEmpty());
    try (Stream<Path> left = Files.list(corner.resolve("tmp"))) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("vertx-cache"));
    }

    try (Up up = Up.start(corner, "--data-dir", data.toString());
        Voter voter = new Voter(up.awaitReady(PATIENCE));
        KubernetesClient client = up.client()) {
      await().untilAsserted(() -> assertThat(voter.results()).isEqualTo(new Voter.Results(0, 1)));
      scaleTheConsumer(client, up, voter);
      up.signal("TERM");
      assertThat(up.awaitExit()).isEqualTo(143);
    }
    try (Stream<Path> left = Files.list(data)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("objects.yaml", "volumes");
    }
    assertThat(Files.getPosixFilePermissions(data.resolve("objects.yaml")))
        .as("it holds the passwords")
        .hasSize(2);
  }

  /** As a user does with kubectl, or with the commands for users without it. */
  private void scaleTheConsumer(KubernetesClient client, Up up, Voter voter) throws Exception {
    client
        .resources(VotingApp.class)
        .withName("voting")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"consumer\":{\"replicas\":2}}}");
    await()
        .untilAsserted(
            () ->
                assertThat(pods(client, "consumer"))
                    .hasSize(2)
                    .allMatch(pod -> ProcessHandle.of(pid(pod)).isPresent()));
    voter.vote("cats");
    await().untilAsserted(() -> assertThat(voter.results()).isEqualTo(new Voter.Results(1, 1)));

    Up.Result apps = Up.run(corner, "get", "va");
    assertThat(apps.printed().lines())
        .hasSize(2)
        .last()
        .asString()
        .contains("voting", "http://localhost:");
    assertThat(apps.printed()).contains("NAME", "READY", "REASON", "VERSION", "AGE");
    assertThat(Up.run(corner, "get", "pods", "-A").printed().lines())
        .anySatisfy(line -> assertThat(line).contains("postgres-0", "Running", "2/2"));
    assertThat(Up.run(corner, "logs", "postgres").printed()).contains("ready to accept");
    assertThat(Up.run(corner, "status").printed())
        .contains("VotingApp voting is ready", "/openapi.json", "/metrics", "2/2");
    JsonNode status =
        Serialization.unmarshal(Up.run(corner, "status", "-o", "json").printed(), JsonNode.class);
    assertThat(status.at("/votingApps/0/ready").asBoolean()).isTrue();
    assertThat(status.at("/pods"))
        .hasSizeGreaterThan(5)
        .allMatch(pod -> pod.get("ready").asBoolean());
    describesAndReports(client);
    // More than fits into one buffer.
    String objects = Up.run(corner, "get", "all", "-o", "yaml").printed();
    assertThat(objects).hasSizeGreaterThan(50_000);
    assertThat(Serialization.unmarshal(objects, KubernetesList.class).getItems())
        .extracting(HasMetadata::getKind)
        .contains("Pod", "Service", "Deployment", "StatefulSet");
    assertThat(up.output()).noneMatch(line -> line.contains("Exception"));
    assertThat(up.output())
        .as("the vote to try")
        .anyMatch(line -> line.contains("curl") && line.contains("{\"option\":\"cats\"}"));
  }

  private void describesAndReports(KubernetesClient client) throws Exception {
    assertThat(Up.run(corner, "describe", "voting").printed())
        .containsPattern("Ready +True")
        .containsPattern("postgres +1/1 +postgres:.* voting-data/postgres-0 +2/2 Running")
        .containsPattern("Normal +Available +VotingApp/voting +Ready is True");
    Up.Result unknown = Up.run(corner, "describe", "other");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.printed()).isEqualTo("votingapp: there is no VotingApp other");

    Up.Result report = Up.run(corner, "report");
    assertThat(report.printed()).matches("votingapp-report-\\d{8}-\\d{6}\\.zip");
    Map<String, String> parts = unzipped(corner.resolve(report.printed()));
    assertThat(parts)
        .containsKeys(
            "versions.txt",
            "status.txt",
            "describe/voting.txt",
            "objects/votingapps.yaml",
            "objects/secrets.yaml",
            "objects/events.yaml",
            "logs/operator.log",
            "logs/voting-data/postgres-0/postgres.log");
    assertThat(parts.get("objects/secrets.yaml")).contains("POSTGRES_PASSWORD: \"***\"");
    assertThat(parts.keySet()).anyMatch(name -> name.matches("logs/voting-api/api-.*/api.log"));
    client.secrets().inAnyNamespace().list().getItems().stream()
        .flatMap(secret -> secret.getData().entrySet().stream())
        .filter(entry -> entry.getKey().matches(".*(PASSWORD|URL|\\.key).*"))
        .forEach(
            entry -> {
              String plain = new String(Base64.getDecoder().decode(entry.getValue()), UTF_8);
              assertThat(parts)
                  .allSatisfy(
                      (name, text) ->
                          assertThat(text.contains(plain) || text.contains(entry.getValue()))
                              .as("%s has the Secret's %s", name, entry.getKey())
                              .isFalse());
            });
    Path file = corner.resolve(report.printed());
    Up.Result again = Up.run(corner, "report", "--output", file.toString());
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.printed()).contains("exists");
  }

  private static Map<String, String> unzipped(Path file) throws IOException {
    Map<String, String> parts = new TreeMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        parts.put(entry.getName(), new String(zip.readAllBytes(), UTF_8));
      }
    }
    return parts;
  }

  /** The Gateway API's routes lead to the same port, and its headers are on every answer. */
  @Test
  void servesAVotingAppBehindAGateway() throws Exception {
    Path file =
        Files.writeString(
            corner.resolve("gateway.yaml"),
            """
            apiVersion: voting.dev/v1alpha1
            kind: VotingApp
            metadata: {name: voting}
            spec: {exposure: {type: Gateway, host: gate.local, gateway: {className: local}}}
            """);
    try (Up up = Up.start(corner, "-f", file.toString());
        Voter voter = new Voter(up.awaitReady(PATIENCE))) {
      voter.vote("dogs");
      await().untilAsserted(() -> assertThat(voter.results()).isEqualTo(new Voter.Results(0, 1)));
      var page = voter.get("/");
      assertThat(page.body()).contains("<!doctype html>");
      assertThat(page.headers().allValues("X-Frame-Options")).containsExactly("DENY");
    }
  }

  @Test
  void saysInOneLineThatAPortIsInUse() throws Exception {
    try (ServerSocket other = new ServerSocket(0)) {
      Up.Result result = Up.run(corner, "up", "--port", Integer.toString(other.getLocalPort()));
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.printed())
          .isEqualTo(
              "votingapp: port "
                  + other.getLocalPort()
                  + " is in use: stop what uses it, or choose another with --port");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{apiVersion: voting.dev/v1alpha1, kind: VotingApp, metadata: {name: x}, spec: {api:"
            + " {replicas: -1}}} | spec.api.replicas",
        "{apiVersion: voting.dev/v1alpha1, kind: VotingApp, metadata: {name: x}, spec: {apo: 1}} |"
            + " apo",
        "{apiVersion: v1, kind: Pod, metadata: {name: x}} | contains no VotingApp",
        "a: [ | line 1",
        "just text | apiVersion, kind and metadata are required"
      })
  void refusesABadFileInOneLine(String yaml, String reason) throws Exception {
    Path file = Files.writeString(corner.resolve("bad.yaml"), yaml);
    Up.Result result = Up.run(corner, "up", "--port", "0", "-f", file.toString());
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.printed().lines())
        .hasSize(1)
        .first()
        .asString()
        .contains("bad.yaml")
        .contains(reason);
  }

  @Test
  void namesEveryMistakeOfAFile() throws Exception {
    Path file =
        Files.writeString(
            corner.resolve("bad.yaml"),
            "{apiVersion: voting.dev/v1alpha1, kind: VotingApp, metadata: {name: Not_So}, spec:"
                + " {apo: 1, api: {replicas: -1}, postgres: {storage: {size: big}}}}");
    Up.Result result = Up.run(corner, "up", "--port", "0", "-f", file.toString());
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.printed().lines())
        .hasSize(4)
        .anyMatch(line -> line.contains("metadata.name:"))
        .anyMatch(line -> line.contains("spec.apo: unknown field"))
        .anyMatch(line -> line.contains("spec.api.replicas:"))
        .anyMatch(line -> line.contains("spec.postgres.storage.size:"));
  }

  @Test
  void refusesAFileThatIsNoText() throws Exception {
    Path file = Files.write(corner.resolve("bad.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});
    Up.Result result = Up.run(corner, "up", "--port", "0", "-f", file.toString());
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.printed().lines())
        .singleElement()
        .asString()
        .endsWith("the text is not UTF-8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "up --prot=1 | --prot=1",
        "up --port http | --port",
        "up more | more",
        "upp | votingapp up",
        "get | KIND"
      })
  void refusesABadCommandLineInOneLine(String arguments, String hint) throws Exception {
    Up.Result result = Up.run(corner, arguments.split(" "));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.printed().lines())
        .singleElement()
        .asString()
        .startsWith("votingapp: ")
        .contains(hint, "--help");
  }

  /** The operator's commands for files are the same program's. */
  @Test
  void checksAndRendersAFile() throws Exception {
    String example = Path.of("..", "examples", "votingapp.yaml").toAbsolutePath().toString();
    Up.Result valid = Up.run(corner, "validate", "-f", example);
    assertThat(valid).isEqualTo(new Up.Result(0, "votingapp/voting is valid"));
    assertThat(Up.run(corner, "render", "-f", example).printed())
        .contains("kind: \"StatefulSet\"", "kind: \"Deployment\"");
    Up.Result missing = Up.run(corner, "validate", "-f", "nowhere.yaml");
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.printed()).contains("nowhere.yaml").doesNotContain("Exception");
  }

  @Test
  void givesUpOnWhatCannotBecomeReadyAndSaysWhy() throws Exception {
    Path file = corner.resolve("app.yaml");
    Files.writeString(
        file,
        """
        apiVersion: voting.dev/v1alpha1
        kind: VotingApp
        metadata: {name: voting}
        spec: {frontend: {image: 'example.org/nothing:here'}}
        """);
    Up.Result result =
        Up.run(corner, "up", "--port", "0", "--timeout", "10", "-f", file.toString());
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.printed().lines().filter(line -> line.startsWith("votingapp: ")))
        .singleElement()
        .asString()
        .contains("voting does not become ready", "ImagePull", "--timeout");
    assertThat(result.printed()).doesNotContain("Exception");
  }

  @Test
  void stopsQuietlyWhileItStarts() throws Exception {
    try (Up up = Up.start(corner)) {
      await()
          .atMost(PATIENCE)
          .until(() -> up.output().stream().anyMatch(l -> l.contains("kubernetes")));
      up.signal("TERM");
      assertThat(up.awaitExit()).isEqualTo(143);
      assertThat(up.output())
          .noneMatch(line -> line.startsWith("votingapp: "))
          .noneMatch(line -> line.contains("Exception"));
      await().untilAsserted(() -> assertThat(up.output()).last().isEqualTo("Stopped."));
    }
  }

  @Test
  void saysThatADataDirectoryCannotBeMade() throws Exception {
    Path file = Files.createFile(corner.resolve("file"));
    Up.Result result = Up.run(corner, "up", "--port", "0", "--data-dir", file + "/below");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.printed().lines())
        .singleElement()
        .asString()
        .startsWith("votingapp: --data-dir: cannot create");
  }

  /** In bytes, of it and all that it has started; what they share counts several times. */
  private static long residentMemory(Up up) throws IOException {
    List<String> command = new ArrayList<>(List.of("ps", "-o", "rss=", "-p"));
    command.add(
        Stream.concat(Stream.of(up.handle()), up.handle().descendants())
            .map(process -> Long.toString(process.pid()))
            .collect(Collectors.joining(",")));
    Process ps = new ProcessBuilder(command).start();
    try (BufferedReader lines = ps.inputReader()) {
      return lines.lines().mapToLong(line -> Long.parseLong(line.strip()) * 1024).sum();
    }
  }

  private static List<Pod> pods(KubernetesClient client, String component) {
    return client
        .pods()
        .inAnyNamespace()
        .withLabel("app.kubernetes.io/component", component)
        .list()
        .getItems();
  }

  private static Pod pod(KubernetesClient client, String component) {
    assertThat(pods(client, component)).as(component).hasSize(1);
    return pods(client, component).getFirst();
  }

  /** The number of the pod's process; -1 while it has none. */
  private static long pid(Pod pod) {
    return Optional.ofNullable(pod.getStatus()).map(PodStatus::getContainerStatuses).stream()
        .flatMap(List::stream)
        .map(ContainerStatus::getContainerID)
        .filter(Objects::nonNull)
        .mapToLong(id -> Long.parseLong(id.substring("process://".length())))
        .findFirst()
        .orElse(-1);
  }

  /** Remembers what the condition Ready of the VotingApp has been. */
  private static final class ReadyWatch implements AutoCloseable {
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final Watch watch;

    ReadyWatch(KubernetesClient client) {
      watch =
          client
              .resources(VotingApp.class)
              .watch(
                  new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, VotingApp app) {
                      app.getStatus().conditions().stream()
                          .filter(condition -> condition.getType().equals("Ready"))
                          .forEach(condition -> seen.add(condition.getStatus()));
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                      seen.add("closed");
                    }
                  });
    }

    void begin() {
      seen.clear();
    }

    /** Whether it became this since {@link #begin}; True counts after False only. */
    boolean turned(String status) {
      int down = seen.indexOf("False");
      return status.equals("False") ? down >= 0 : down >= 0 && "True".equals(seen.getLast());
    }

    @Override
    public void close() {
      watch.close();
    }
  }
}
