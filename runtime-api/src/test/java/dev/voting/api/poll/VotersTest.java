package dev.voting.api.poll;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.api.TestPoll;
import dev.voting.api.http.Client;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The vectors that all components share. */
class VotersTest {
  private final Voters voters =
      new Voters(TestPoll.BALLOT_KEY.getBytes(UTF_8), new Client(List.of(), 0));

  @Test
  void aPseudonymIsOfItsRoundAndKind() {
    assertThat(voters.pseudonym("1", "token", "137")).isEqualTo("3dCGu_wk4p_7ziIB6RmheQ");
    assertThat(voters.pseudonym("1", "browser", "A".repeat(22)))
        .isEqualTo("SUuJPdwzkxkTEXiznxt8Dg");
    assertThat(voters.pseudonym("2", "token", "137")).isNotEqualTo("3dCGu_wk4p_7ziIB6RmheQ");
  }

  @Test
  void aRepeatedVoteGetsTheSameCookie_andNobodyElse() {
    assertThat(voters.newCookie(Optional.of("key-1"))).isEqualTo("-FlD4Bc1tRJYX-IwKR3nVw");
    assertThat(voters.newCookie(Optional.empty()))
        .matches("[A-Za-z0-9_-]{22}")
        .isNotEqualTo(voters.newCookie(Optional.empty()));
  }
}
