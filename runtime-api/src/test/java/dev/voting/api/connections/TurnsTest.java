package dev.voting.api.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final AtomicBoolean crowded = new AtomicBoolean();
  private final Turns turns = new Turns(2, crowded::get);
  private final List<String> begun = new CopyOnWriteArrayList<>();

  @BeforeEach
  void queueBeforeAnythingBegins() {
    for (int i = 1; i <= 4; i++) {
      String name = "stream " + i;
      turns.queue(false, () -> begun.add(name));
    }
    turns.queue(true, () -> begun.add("vote"));
    turns.start();
  }

  @AfterEach
  void end() {
    turns.close();
  }

  @Test
  void aVoteBeginsBeforeOthersThatCameBeforeIt() {
    await().atMost(SOON).until(() -> begun.size() == 2);
    assertThat(begun).containsExactly("vote", "stream 1");
  }

  @Test
  void aRoundBeginsOnceAllOfTheLastHaveGivenUpTheirTurn() {
    await().atMost(SOON).until(() -> begun.size() == 2);
    turns.giveUp();
    turns.queue(true, () -> begun.add("another vote"));
    turns.giveUp();
    await().atMost(SOON).until(() -> begun.size() == 4);
    assertThat(begun).containsExactly("vote", "stream 1", "another vote", "stream 2");
  }

  @Test
  void onlyVotesBeginWhileVeryManyConnectionsAreToBeAccepted() {
    await().atMost(SOON).until(() -> begun.size() == 2);
    crowded.set(true);
    turns.giveUp();
    turns.giveUp();
    turns.queue(true, () -> begun.add("another vote"));
    await().atMost(SOON).until(() -> begun.contains("another vote"));
    turns.giveUp();
    crowded.set(false);
    await().atMost(SOON).until(() -> begun.size() > 3);
    assertThat(begun).startsWith("vote", "stream 1", "another vote", "stream 2");
  }
}
