package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.api.TestServers.Servers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Ballots per browser: one voter for all votes with one cookie. */
@ExtendWith(TestServers.class)
class BallotRouteIT {
  private static final String FORM =
      "voting-ballot=([A-Za-z0-9_-]{22}); Path=/api; Max-Age=31536000; HttpOnly; SameSite=Lax";

  @TempDir private Path folder;

  private final Servers servers;
  private final String database;
  private TestApi api;

  BallotRouteIT(Servers servers) throws SQLException {
    this.servers = servers;
    this.database = servers.newDatabase();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private void start(TestPoll poll, String... more) {
    api = TestApi.start(servers.redis().url(), database, poll.environment(folder, more));
  }

  private static TestPoll lunch() {
    return TestPoll.of("pizza", "salad", "soup");
  }

  private List<String> voters() {
    return api.entries().stream().map(entry -> entry.getFields().get("voter")).toList();
  }

  private static String cookie(HttpResponse<?> response) {
    return TestApi.header(response, "Set-Cookie").orElseThrow().replaceAll(";.*", "");
  }

  @Test
  void theFirstVoteOfABrowserGetsACookie_andAllWithItHaveOneVoter() throws Exception {
    start(lunch().perBrowser(true));
    HttpResponse<String> first = api.vote("pizza");
    assertThat(first.statusCode()).isEqualTo(201);
    assertThat(TestApi.header(first, "Set-Cookie").orElseThrow()).matches(FORM);
    HttpResponse<String> second =
        api.vote("salad", "Cookie", "theme=dark; " + cookie(first) + "; x=voting-ballot=y");
    assertThat(second.statusCode()).isEqualTo(201);
    assertThat(TestApi.header(second, "Set-Cookie")).isEmpty();
    assertThat(api.vote("pizza").statusCode()).isEqualTo(201);

    assertThat(voters()).hasSize(3).allSatisfy(v -> assertThat(v).matches("[A-Za-z0-9_-]{22}"));
    assertThat(voters().get(1)).isEqualTo(voters().get(0));
    assertThat(voters().get(2)).isNotEqualTo(voters().get(0));
    assertThat(api.entries().toString()).doesNotContain(cookie(first).substring(14));
  }

  @Test
  void roundsCannotBeLinked() throws Exception {
    start(lunch().perBrowser(true));
    HttpResponse<String> first = api.vote("pizza");
    lunch().round("2").perBrowser(true).inForce(api, 2, 1);
    assertThat(api.vote("pizza", "Cookie", cookie(first), "Poll-Round", "2").statusCode())
        .isEqualTo(201);
    assertThat(voters()).doesNotHaveDuplicates().hasSize(2);
  }

  @Test
  void aRepetitionWhoseAnswerWasLostIsTheSameVoters() throws Exception {
    start(lunch().perBrowser(true));
    HttpResponse<String> lost = api.vote("pizza", "Idempotency-Key", "key-1");
    HttpResponse<String> again = api.vote("pizza", "Idempotency-Key", "key-1");
    assertThat(cookie(again))
        .isEqualTo(cookie(lost))
        .isEqualTo("voting-ballot=-FlD4Bc1tRJYX-IwKR3nVw");
    assertThat(voters()).hasSize(2).allMatch(voters().getFirst()::equals);
  }

  @Test
  void fiftyAtOnceWithOneCookieAreOneVoter() throws Exception {
    start(lunch().perBrowser(true));
    List<Future<Integer>> posts = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        String option = i % 2 == 0 ? "pizza" : "salad";
        posts.add(
            threads.submit(
                () -> api.vote(option, "Cookie", "voting-ballot=" + "A".repeat(22)).statusCode()));
      }
    }
    for (Future<Integer> post : posts) {
      assertThat(post.get()).isEqualTo(201);
    }
    assertThat(voters()).hasSize(50).containsOnly("SUuJPdwzkxkTEXiznxt8Dg");
  }

  @Test
  void whereTheFirstBallotCountsNobodyKnowsYetWhetherThisIsIt() throws Exception {
    start(lunch().perBrowser(false));
    HttpResponse<String> vote = api.vote("pizza");
    assertThat(vote.statusCode()).isEqualTo(202);
    assertThat(vote.body())
        .isEqualTo(
            "{\"message\":\"Ballot received; the first one of each voter counts\","
                + "\"option\":\"pizza\",\"stream_id\":\"%s\"}",
            api.entries().getFirst().getID());
    assertThat(TestApi.header(vote, "Set-Cookie").orElseThrow()).matches(FORM);
  }

  @Test
  void overTlsTheCookieStaysThere() throws Exception {
    start(lunch().perBrowser(true), "TRUSTED_HOPS", "1");
    assertThat(TestApi.header(api.vote("pizza", "X-Forwarded-Proto", "https"), "Set-Cookie"))
        .hasValueSatisfying(cookie -> assertThat(cookie).endsWith("; Secure"));
    assertThat(TestApi.header(api.vote("pizza", "X-Forwarded-Proto", "http"), "Set-Cookie"))
        .hasValueSatisfying(cookie -> assertThat(cookie).doesNotContain("Secure"));
  }

  @Test
  void cookiesOfAnotherFormAreReplaced() throws Exception {
    start(lunch().perBrowser(true));
    for (String cookie :
        List.of(
            "voting-ballot=",
            "voting-ballot=short",
            "voting-ballot=" + "A".repeat(23),
            "not-voting-ballot=" + "A".repeat(22),
            "voting-ballot=\"" + "A".repeat(22) + "\"",
            ";;;=,",
            "voting-ballot")) {
      HttpResponse<String> vote = api.vote("pizza", "Cookie", cookie);
      assertThat(vote.statusCode()).as(cookie).isEqualTo(201);
      assertThat(TestApi.header(vote, "Set-Cookie")).as(cookie).isPresent();
    }
    assertThat(voters()).doesNotHaveDuplicates();
  }

  @Test
  void withoutVotersThereIsNoCookie() throws Exception {
    start(lunch());
    assertThat(TestApi.header(api.vote("pizza"), "Set-Cookie")).isEmpty();
    assertThat(voters()).containsOnlyNulls();
  }
}
