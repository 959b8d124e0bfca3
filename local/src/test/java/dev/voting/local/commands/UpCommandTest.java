package dev.voting.local.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.local.manifest.Manifest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpCommandTest {
  private static final String PAGE = "http://localhost:8080";

  @Test
  void withoutAPollOneVotesForCats() {
    assertThat(howToVote("votingapp.yaml"))
        .containsExactly("Vote      " + PAGE + "/", curl("cats"));
  }

  @Test
  void withAPollOneVotesForItsFirstOption() {
    assertThat(howToVote("live-event.yaml"))
        .hasSize(2)
        .first()
        .isEqualTo("Vote      " + PAGE + "/");
    assertThat(howToVote("live-event.yaml").getLast()).doesNotContain("cats").contains("option");
  }

  @Test
  void votersWithLinksFindThemByACommand() {
    assertThat(howToVote("tokens.yaml"))
        .containsExactly(
            "Vote      " + PAGE + "/", curl("coast"), "          ./votingapp tokens members");
  }

  private static String curl(String option) {
    return "          curl "
        + PAGE
        + "/api/vote -H 'Content-Type: application/json' -d '{\"option\":\""
        + option
        + "\"}'";
  }

  private static List<String> howToVote(String example) {
    return UpCommand.howToVote(PAGE, Manifest.read(Path.of("..", "examples", example)));
  }
}
