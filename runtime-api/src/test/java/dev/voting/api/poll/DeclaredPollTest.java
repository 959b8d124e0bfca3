package dev.voting.api.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.api.TestPoll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of Redis and of the file, and what is not believed. */
class DeclaredPollTest {
  private static final String LUNCH =
      TestPoll.of("pizza", "soup").retired("cake").closes(1_800_000_000).perToken(500).json();

  @Test
  void aDocumentIsANumberAndADefinition() {
    DeclaredPoll poll =
        DeclaredPoll.inForce(
            "00000000000000000007{\"seq\":7,\"round\":\"1\",\"revision\":3,\"definition\":"
                + LUNCH.replaceFirst("\\{", "{\"new\":[{\"x\":null}],")
                + "}");
    assertThat(poll.seq()).isEqualTo(7);
    assertThat(poll.revision()).isEqualTo(3);
    assertThat(poll.round()).isEqualTo("1");
    assertThat(poll.ballot()).containsExactlyInAnyOrder("pizza", "soup");
    assertThat(poll.definition().closes()).hasValue(1_800_000_000_000L);
    assertThat(poll.definition().opens()).isEmpty();
    assertThat(poll.definition().ballots().tokens()).hasValue(500);
    assertThat(poll.definition().options()).hasSize(3);
  }

  @Test
  void whatIsLeftOutHasADefault() {
    PollDefinition poll =
        DeclaredPoll.undeclared("{\"round\":\"1\",\"options\":[{\"key\":\"a\"},{\"key\":\"b\"}]}")
            .definition();
    assertThat(poll.ballots().per()).isEqualTo(PollDefinition.Per.Request);
    assertThat(poll.ballots().changeable()).isTrue();
    assertThat(poll.hidden()).isFalse();
    assertThat(poll.ballot()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "{\"round\":\"1\"}",
        "{\"round\":\"Ü\",\"options\":[{\"key\":\"a\"},{\"key\":\"b\"}]}",
        "{\"round\":\"1\",\"options\":[{\"key\":\"a\"},{\"key\":\"a\\\"\"}]}",
        "{\"round\":\"1\",\"options\":[{\"key\":\"a\"},{\"key\":\"b\"}],\"closesAt\":\"noon\"}",
        "{\"round\":\"1\",\"options\":[{\"key\":\"a\"},{\"key\":\"b\"}],"
            + "\"ballots\":{\"per\":\"Face\"}}"
      })
  void whatIsNoDefinitionIsRefused(String text) {
    assertThatThrownBy(() -> DeclaredPoll.undeclared(text))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DeclaredPoll.inForce("00000000000000000007" + text))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DeclaredPoll.inForce(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
