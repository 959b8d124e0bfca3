package dev.voting.local.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A room of people behind one address, as examples/live-event.yaml is for; on request. */
@EnabledIfSystemProperty(named = "polls", matches = "all")
class LiveEventIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int PEOPLE = 40;

  /** Each sends what a page sends, and keeps the cookie that it is given. */
  @Test
  void everybodyInTheRoomHasOneBallotThatCanBeChanged() throws Exception {
    try (var browser = Browser.start();
        var stack = Stack.startWith(Path.of("..", "examples", "live-event.yaml"));
        var room = Executors.newFixedThreadPool(PEOPLE)) {
      List<String> cookies =
          all(room, Collections.nCopies(PEOPLE, "none=0"), "maps", stack).stream()
              .map(answer -> answer.headers().firstValue("Set-Cookie").orElseThrow())
              .toList();
      assertThat(cookies)
          .doesNotHaveDuplicates()
          .allMatch(cookie -> cookie.matches("voting-ballot=[\\w-]{22}; .*HttpOnly.*"));
      all(room, cookies.stream().map(cookie -> cookie.split(";")[0]).toList(), "clocks", stack);
      browser.reset();
      browser.open(stack.url());
      browser.await(SOON).until(() -> browser.votes("clocks") == PEOPLE);
      assertThat(browser.votes("maps")).isZero();

      browser.vote("maps");
      browser.await(SOON).until(() -> browser.votes("maps") == 1);
      browser.reload();
      browser.vote("clocks");
      browser.await(SOON).until(() -> browser.votes("clocks") == PEOPLE + 1);
      assertThat(browser.votes("maps")).isZero();
      assertThat(browser.text("#summary .total")).isEqualTo("41 votes in all");
      assertThat(browser.run("return document.cookie")).as("for scripts").isEqualTo("");
    }
  }

  /** Everybody at once. */
  private static List<HttpResponse<String>> all(
      ExecutorService room, List<String> cookies, String option, Stack stack) throws Exception {
    List<Callable<HttpResponse<String>>> votes =
        cookies.stream()
            .<Callable<HttpResponse<String>>>map(cookie -> () -> vote(cookie, option, stack))
            .toList();
    List<HttpResponse<String>> answers = new ArrayList<>();
    for (Future<HttpResponse<String>> vote : room.invokeAll(votes)) {
      var answer = vote.get();
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
      answers.add(answer);
    }
    return answers;
  }

  private static HttpResponse<String> vote(String cookie, String option, Stack stack)
      throws Exception {
    return stack.answerTo(
        option,
        "Cookie",
        cookie,
        "Poll-Round",
        "1",
        "Idempotency-Key",
        UUID.randomUUID().toString());
  }
}
