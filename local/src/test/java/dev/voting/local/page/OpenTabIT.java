package dev.voting.local.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A poll with voters' links in a real browser, before the real system, from its start to its end.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OpenTabIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Set<String> NOT_RESTARTED = Set.of("api", "frontend", "postgres", "redis");

  private static Browser browser;
  private static Stack stack;
  private static List<String> links;

  @BeforeAll
  static void start() throws Exception {
    browser = Browser.start();
    stack = Stack.startWith("poll.yaml");
    links = stack.run("tokens", "lunch");
    browser.reset();
    browser.open(links.getFirst());
    awaitText("h1", "Lunch?");
    browser.await(SOON).until(() -> browser.connection().equals("Live"));
  }

  @AfterAll
  static void stop() throws IOException {
    if (stack != null) {
      stack.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  @Order(1)
  void aLinkIsOneBallotThatCanBeChangedAndAForgedOneIsNone() throws IOException {
    assertThat(links).hasSize(3);
    browser.vote("pizza");
    awaitText("#vote-status", "Thank you! Your vote for Pizza is in.");
    browser.await(SOON).until(() -> browser.votes("pizza") == 1);
    browser.vote("salad");
    browser.await(SOON).until(() -> browser.votes("salad") == 1 && browser.votes("pizza") == 0);
    assertThat(stack.get("api/results").body()).contains("\"total\":1");

    // From another machine: the same voter.
    assertThat(vote("soup", token(0)).statusCode()).isEqualTo(201);
    browser.await(SOON).until(() -> browser.votes("soup") == 1 && browser.votes("salad") == 0);
    assertThat(vote("soup", "1-0000000000000000").statusCode()).isEqualTo(401);
    assertThat(vote("cats", token(1)).statusCode()).isEqualTo(422);
  }

  @Test
  @Order(2)
  void anOpenTabFollowsANewDefinition() throws Exception {
    browser.run("window.same = true");
    try (KubernetesClient client = stack.client()) {
      var before = pods(client);
      assertThat(before.values()).containsAll(NOT_RESTARTED);
      stack.apply(
          "poll.yaml",
          "label: Rice}",
          "label: Fried rice}\n      - {key: tofu, label: Tofu}",
          "label: Salad}",
          "label: Salad, retired: true}");
      browser.await(SOON).until(() -> browser.visible(".choice[data-option=tofu]"));
      assertThat(browser.text(".choice[data-option=rice] .label")).isEqualTo("Fried rice");
      assertThat(browser.visible(".choice[data-option=salad]")).isFalse();
      browser.vote("tofu");
      browser.await(SOON).until(() -> browser.votes("tofu") == 1);
      assertThat(browser.run("return window.same")).isEqualTo(true);
      assertThat(pods(client)).isEqualTo(before);
    }
    assertThat(browser.consoleProblems()).isEmpty();
  }

  @Test
  @Order(3)
  void whenItIsClosedTheResultBecomesFinal() throws Exception {
    stack.apply(
        "poll.yaml",
        "label: Rice}",
        "label: Fried rice}\n      - {key: tofu, label: Tofu}",
        "label: Salad}",
        "label: Salad, retired: true}",
        "2090-12-01T18:05:00Z",
        "2026-01-01T00:00:00Z");
    awaitText("#poll-state", "Final result");
    assertThat(browser.visible(".choice")).isFalse();
    assertThat(stack.get("api/poll").body()).contains("\"final\":true");
    var late = vote("tofu", token(1));
    assertThat(late.statusCode()).as(late.body()).isEqualTo(409);
    assertThat(late.body()).contains("\"reason\":\"Closed\"");
    assertThat(stack.get("api/results").body()).contains("\"total\":1", "\"tofu\":1");
  }

  /**
   * Volumes of PostgreSQL and Redis as they lie on the disk, the logs, and the cluster's objects.
   */
  @Test
  @Order(4)
  void noFileOfTheSystemHasAToken() throws IOException {
    assertThat(filesWith("tofu")).as("files can be searched").isNotEmpty();
    assertThat(filesWith(token(0).replaceAll(".*-", ""))).isEmpty();
    assertThat(filesWith(token(1).replaceAll(".*-", ""))).isEmpty();
  }

  private static List<Path> filesWith(String text) throws IOException {
    try (var files = Files.walk(stack.data())) {
      return files.filter(Files::isRegularFile).filter(file -> has(file, text)).toList();
    }
  }

  private static boolean has(Path file, String text) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
    } catch (NoSuchFileException e) {
      return false; // a server needs it no more
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HttpResponse<String> vote(String option, String token) throws IOException {
    return stack.answerTo(option, "Ballot-Token", token);
  }

  private static String token(int link) {
    return links.get(link).replaceAll(".*#token=", "");
  }

  /** The pods that a change of the poll must not restart: their uids, and components. */
  private static Map<String, String> pods(KubernetesClient client) {
    return client.pods().inAnyNamespace().list().getItems().stream()
        .filter(pod -> NOT_RESTARTED.contains(component(pod)))
        .collect(Collectors.toMap(pod -> pod.getMetadata().getUid(), OpenTabIT::component));
  }

  private static String component(Pod pod) {
    return pod.getMetadata().getLabels().getOrDefault("app.kubernetes.io/component", "");
  }

  private static void awaitText(String selector, String text) {
    browser.await(SOON).until(() -> browser.text(selector).startsWith(text));
  }
}
