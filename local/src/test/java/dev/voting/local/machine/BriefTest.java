package dev.voting.local.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BriefTest {
  @Test
  void theLineThatSaysWhatIsWrongIsKept() {
    assertThat(
            Brief.of(
                "creating directory ... ok\ninitdb: error: could not write: No space left\nremoving",
                80))
        .isEqualTo("initdb: error: could not write: No space left");
    assertThat(Brief.of("one\ntwo\n\n", 80)).isEqualTo("two");
    assertThat(Brief.of("", 80)).isEmpty();
  }

  @Test
  void wordsStayWhole() {
    assertThat(Brief.of("a word too many", 12)).isEqualTo("a word too …");
    assertThat(Brief.of("onewordthatislong", 5)).isEqualTo("onew …");
  }
}
