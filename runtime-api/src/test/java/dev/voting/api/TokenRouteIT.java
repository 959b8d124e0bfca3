package dev.voting.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.api.TestServers.Servers;
import dev.voting.runtime.BallotToken;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Ballots per token: who has none that is valid does not vote. */
@ExtendWith(TestServers.class)
class TokenRouteIT {
  private static final String VALID = "137-ms3ht6p9aehr3005";

  @TempDir private Path folder;

  private final Servers servers;
  private TestApi api;

  TokenRouteIT(Servers servers) {
    this.servers = servers;
  }

  @BeforeEach
  void start() throws Exception {
    api =
        TestApi.start(
            servers.redis().url(),
            "postgresql://x:x@127.0.0.1:1/votes",
            TestPoll.of("pizza", "salad").perToken(500).environment(folder));
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private static String token(int serial) {
    return BallotToken.of(TestPoll.BALLOT_KEY.getBytes(UTF_8), serial);
  }

  @Test
  void withoutAValidTokenThereIsNoVote() throws Exception {
    for (String forged :
        List.of(
            "137-ms3ht6p9aehr3006",
            "138-ms3ht6p9aehr3005",
            "0137-ms3ht6p9aehr3005",
            VALID.toUpperCase(java.util.Locale.ROOT),
            "137",
            "137-",
            token(501),
            BallotToken.of("another key".getBytes(UTF_8), 137))) {
      HttpResponse<String> refused = api.vote("pizza", "Ballot-Token", forged);
      assertThat(refused.statusCode()).as(forged).isEqualTo(401);
      assertThat(TestApi.header(refused, "WWW-Authenticate")).contains("Ballot-Token");
      assertThat(refused.body()).doesNotContain(forged);
    }
    HttpResponse<String> none = api.vote("pizza");
    assertThat(none.statusCode()).isEqualTo(401);
    assertThat(TestApi.header(none, "Set-Cookie")).isEmpty();
    assertThat(api.vote("cats").statusCode()).as("before the ballot is looked at").isEqualTo(401);
    assertThat(api.entries()).isEmpty();
  }

  @Test
  void oneTokenIsOneVoterFromWherever() throws Exception {
    HttpResponse<String> one = api.vote("pizza", "Ballot-Token", VALID, "User-Agent", "one");
    HttpResponse<String> other = api.vote("salad", "Ballot-Token", VALID, "User-Agent", "two");
    assertThat(one.statusCode()).isEqualTo(201);
    assertThat(other.statusCode()).isEqualTo(201);
    assertThat(api.vote("salad", "Ballot-Token", token(500)).statusCode()).isEqualTo(201);
    assertThat(api.entries())
        .extracting(entry -> entry.getFields().get("voter"))
        .startsWith("3dCGu_wk4p_7ziIB6RmheQ", "3dCGu_wk4p_7ziIB6RmheQ")
        .doesNotContainNull();
    assertThat(api.entries().get(2).getFields().get("voter"))
        .isNotEqualTo("3dCGu_wk4p_7ziIB6RmheQ");
    assertThat(api.entries().toString() + one.body() + api.get("/metrics").body())
        .doesNotContain("ms3ht6p9aehr3005");
  }

  @Test
  void moreTokensMayBeIssued() throws Exception {
    TestPoll.of("pizza", "salad").perToken(501).inForce(api, 2, 2);
    org.awaitility.Awaitility.await()
        .until(() -> api.vote("pizza", "Ballot-Token", token(501)).statusCode() == 201);
  }

  @Test
  void whichRoundItIsComesAfterWhoItIs() throws Exception {
    assertThat(api.vote("pizza", "Poll-Round", "!").statusCode()).isEqualTo(400);
    assertThat(api.vote("pizza", "Poll-Round", "2").statusCode()).isEqualTo(401);
    assertThat(api.vote("pizza", "Poll-Round", "2", "Ballot-Token", VALID).statusCode())
        .isEqualTo(409);
  }
}
