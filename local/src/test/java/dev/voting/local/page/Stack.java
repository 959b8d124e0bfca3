package dev.voting.local.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.local.Up;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The whole system as a newcomer starts it, and what can happen to it. */
final class Stack implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(120);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path corner;
  private final Up up;
  private final int port;

  private Stack(Path corner, Up up, int port) {
    this.corner = corner;
    this.up = up;
    this.port = port;
  }

  static Stack start() throws Exception {
    return start(Up.corner());
  }

  /** With a VotingApp, which stands in a file beside this class. */
  static Stack startWith(String name) throws Exception {
    return startWith(file(name));
  }

  static Stack startWith(Path file) throws Exception {
    return start(Up.corner(), "-f", file.toAbsolutePath().toString());
  }

  private static Stack start(Path corner, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("--data-dir", corner.resolve("data").toString()));
    all.addAll(List.of(options));
    Up up = Up.start(corner, all.toArray(String[]::new));
    try {
      var stack = new Stack(corner, up, up.awaitReady(START));
      Awaitility.await("the results over HTTP")
          .atMost(START)
          .failFast("up ended early", () -> !up.handle().isAlive())
          .ignoreExceptions()
          .until(
              () ->
                  stack.get("api/results").statusCode() == 200
                      && stack.get("").statusCode() == 200);
      return stack;
    } catch (RuntimeException | IOException e) {
      up.close();
      Up.clear(corner);
      throw new IllegalStateException("up did not come up:\n" + String.join("\n", up.output()), e);
    }
  }

  /** Where the page is, with a slash at the end. */
  String url() {
    return "http://localhost:" + port + "/";
  }

  /** Applies a VotingApp that stands in a file beside this class. */
  void apply(String name) throws Exception {
    apply(file(name));
  }

  /** Applies a VotingApp after changes of its text: what is there, and what comes in its place. */
  void apply(String name, String... changes) throws Exception {
    String text = Files.readString(file(name));
    for (int i = 0; i < changes.length; i += 2) {
      assertThat(text).contains(changes[i]);
      text = text.replace(changes[i], changes[i + 1]);
    }
    apply(Files.writeString(corner.resolve(name), text));
  }

  private static Path file(String name) throws URISyntaxException {
    return Path.of(Stack.class.getResource(name).toURI());
  }

  private void apply(Path file) throws Exception {
    var apply = Up.run(corner, "apply", "--port", Integer.toString(port), "-f", file.toString());
    assertThat(apply.exitCode()).as("exit code of apply: " + apply.printed()).isZero();
  }

  /** Runs a command of this installation, and returns what it prints. */
  List<String> run(String... arguments) throws Exception {
    var result = Up.run(corner, arguments);
    assertThat(result.exitCode()).as(result.printed()).isZero();
    return result.printed().lines().toList();
  }

  KubernetesClient client() throws IOException {
    return up.client();
  }

  /** Every file that the system keeps: volumes, logs, objects. */
  Path data() {
    return corner.resolve("data");
  }

  /** Asks the stack for a path, given without a slash in front. */
  HttpResponse<String> get(String path, String... headers) throws IOException {
    return send(request(path, headers).GET().build());
  }

  /** Votes past the browser, with these headers. */
  HttpResponse<String> answerTo(String option, String... headers) throws IOException {
    var body = HttpRequest.BodyPublishers.ofString("{\"option\":\"%s\"}".formatted(option));
    return send(
        request("api/vote", headers).header("Content-Type", "application/json").POST(body).build());
  }

  /** Votes as somebody else, past the browser. */
  void vote(String option) throws IOException {
    var answer = answerTo(option);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
  }

  /** Votes as somebody else, and returns how many there are as soon as this one is counted. */
  long voteAndAwaitCount(String option) throws IOException {
    long count = counted(option) + 1;
    vote(option);
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> counted(option) >= count);
    return count;
  }

  /** Votes many times, from several people at once. */
  void vote(String option, int times) throws Exception {
    try (var people = Executors.newFixedThreadPool(16)) {
      for (var vote :
          people.invokeAll(
              Collections.nCopies(
                  times,
                  () -> {
                    vote(option);
                    return null;
                  }))) {
        vote.get();
      }
    }
  }

  /** How many votes for this option are counted. */
  long counted(String option) throws IOException {
    var answer = get("api/results");
    var count = Pattern.compile("\"%s\"\\s*:\\s*(\\d+)".formatted(option)).matcher(answer.body());
    assertThat(count.find()).as(answer.body()).isTrue();
    return Long.parseLong(count.group(1));
  }

  /** Kills the API's process, as a machine that runs out of memory would. */
  void killApi() {
    api().destroyForcibly();
  }

  /** Stops the API's process without ending it: connections open, and no answer comes. */
  void freezeApi() throws IOException {
    signal("STOP", List.of(api()));
  }

  /** Stops PostgreSQL's processes without ending them, until {@link #thawPostgres()}. */
  void freezePostgres() throws IOException {
    signal("STOP", postgres());
  }

  void thawPostgres() throws IOException {
    signal("CONT", postgres());
  }

  private List<ProcessHandle> postgres() {
    var found =
        up.handle()
            .descendants()
            .filter(child -> child.info().command().orElse("").endsWith("/postgres"))
            .toList();
    assertThat(found).as("processes of PostgreSQL").isNotEmpty();
    return found;
  }

  private static void signal(String name, List<ProcessHandle> processes) throws IOException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    processes.forEach(one -> command.add(Long.toString(one.pid())));
    try {
      // A process of PostgreSQL may have ended by itself meanwhile, so the result means nothing.
      new ProcessBuilder(command).start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The API's one process: after a roll the previous one answers for some more seconds. */
  private ProcessHandle api() {
    return Awaitility.await("one process of the API")
        .atMost(Duration.ofSeconds(30))
        .until(this::apis, apis -> apis.size() == 1)
        .getFirst();
  }

  private List<ProcessHandle> apis() {
    return up.handle().descendants().filter(child -> runs(child, "dev.voting.api.Main")).toList();
  }

  private static boolean runs(ProcessHandle process, String main) {
    return process.info().commandLine().filter(line -> line.contains(main)).isPresent();
  }

  @Override
  public void close() throws IOException {
    up.close();
    Up.clear(corner);
  }

  private HttpRequest.Builder request(String path, String... headers) {
    var request = HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(10));
    return headers.length == 0 ? request : request.headers(headers);
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
