package dev.voting.operator.bench;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A {@code kubectl proxy} before the API server, so that whoever speaks through it needs no
 * credentials, and its log has every request.
 */
final class ApiProxy implements AutoCloseable {

  private static final Pattern LISTENING = Pattern.compile("serve on (127\\.0\\.0\\.1:\\d+)");

  /** As kubectl up to 1.32 logs a request, and as it does since. */
  private static final List<Pattern> REQUESTS =
      List.of(
          Pattern.compile("round_trippers.*\\] ([A-Z]+) https?://[^/]+(/\\S*) (\\d{3}) "),
          Pattern.compile("verb=\"([A-Z]+)\" url=\"https?://[^/]+(/[^\"]*)\" status=\"?(\\d{3})"));

  private final Process process;
  private final Path log;

  /**
   * One request.
   *
   * @param method such as {@code PATCH}
   * @param path with its query
   */
  record Request(String method, String path) {
    boolean isWatch() {
      return path.contains("watch=true");
    }

    boolean isWrite() {
      return !method.equals("GET");
    }
  }

  /**
   * Starts it.
   *
   * @param kubeconfig of the cluster; empty for the one of the environment
   * @param log holds its log
   */
  ApiProxy(Optional<Path> kubeconfig, Path log) throws IOException {
    this.log = log;
    var builder =
        new ProcessBuilder("kubectl", "proxy", "--port=0", "-v=6")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    kubeconfig.ifPresent(file -> builder.environment().put("KUBECONFIG", file.toString()));
    process = builder.start();
    await("kubectl proxy").atMost(Duration.ofSeconds(30)).until(() -> address().isPresent());
  }

  private Optional<String> address() throws IOException {
    return lines().map(LISTENING::matcher).filter(m -> m.find()).map(m -> m.group(1)).findFirst();
  }

  private Stream<String> lines() throws IOException {
    return Files.readString(log).lines();
  }

  /** Every request so far. */
  List<Request> requests() throws IOException {
    return lines()
        .flatMap(
            line -> REQUESTS.stream().flatMap(pattern -> pattern.matcher(line).results().limit(1)))
        .map((MatchResult found) -> new Request(found.group(1), found.group(2)))
        .toList();
  }

  /** The address of the API server by way of this proxy. */
  String url() throws IOException {
    return "http://" + address().orElseThrow();
  }

  /** Writes a kubeconfig of this way. */
  Path kubeconfig(Path file) throws IOException {
    return Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: bench, cluster: {server: "%s"}}]
        contexts: [{name: bench, context: {cluster: bench}}]
        current-context: bench
        """
            .formatted(url()));
  }

  @Override
  public void close() {
    process.destroy();
  }
}
