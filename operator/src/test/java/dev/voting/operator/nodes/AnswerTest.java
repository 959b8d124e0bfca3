package dev.voting.operator.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerTest {

  private static final String OF_THE_PROXY =
      "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"%s\"}";

  @Test
  void aVoteIsTakenBy201Alone() {
    assertThat(Answer.of(201, "{}")).isEqualTo(new Answer.Taken());
    assertThat(Answer.of(429, "{}")).isEqualTo(new Answer.Refused("429"));
  }

  @Test
  void theApiSaysWhatItDoesNotKnow() {
    assertThat(Answer.of(503, "{\"detail\":\"the vote was not counted\"}"))
        .isEqualTo(new Answer.Refused("503"));
    assertThat(Answer.of(503, "{\"detail\":\"the vote may or may not have been counted\"}"))
        .isInstanceOf(Answer.Unknown.class);
  }

  @Test
  void theProxyRefusesWhatItCouldNotSend() {
    assertThat(proxied(503, "no endpoints available for service"))
        .isInstanceOf(Answer.Refused.class);
    assertThat(proxied(404, "services not found")).isInstanceOf(Answer.Refused.class);
    assertThat(proxied(503, "error: dial tcp 10.0.0.1:8000: connect: connection refused"))
        .isInstanceOf(Answer.Refused.class);
  }

  @Test
  void theApiServersOwnLimitIsNoneOfTheSystem() {
    assertThat(proxied(429, "too many requests")).isEqualTo(new Answer.Unsent());
  }

  @Test
  void whatTheProxySentMayBeCounted() {
    assertThat(proxied(503, "error trying to reach service: EOF"))
        .isInstanceOf(Answer.Unknown.class);
  }

  private static Answer proxied(int status, String message) {
    return Answer.of(status, OF_THE_PROXY.formatted(message));
  }
}
