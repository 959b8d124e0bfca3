package dev.voting.api.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The feed against a source that says what the test wants it to. */
class ResultsFeedTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Source source = new Source();
  private final AtomicInteger errors = new AtomicInteger();
  private final RecordingAudience audience = new RecordingAudience();
  private final ResultsFeed feed =
      new ResultsFeed(
          source::connect,
          audience,
          new FeedMetrics() {
            @Override
            public void postgresError() {
              errors.incrementAndGet();
            }

            @Override
            public void streams(IntSupplier count) {
              assertThat(count.getAsInt()).isZero();
            }
          },
          Duration.ofMillis(100),
          Duration.ofMillis(150));

  @AfterEach
  void stop() {
    feed.close();
  }

  @Test
  void aNoticeThatIsOlderThanThePollIsPassedOver() throws Exception {
    source.counted = votes(10);
    feed.start();
    awaitTotal(10);

    source.notices.add(votes(9));
    source.notices.add(votes(11));

    awaitTotal(11);
    assertThat(audience.next()).isIn("10-0", "11-0");
    assertThat(audience.results).doesNotContain("9-0");
  }

  @Test
  void whatThePollReadsIsTrue_evenWhenItIsLess() {
    source.counted = votes(10);
    feed.start();
    awaitTotal(10);
    source.counted = votes(3);
    awaitTotal(3);
  }

  @Test
  void aLostDatabaseLeavesTheLastResultsAndIsReported() {
    source.counted = votes(5);
    feed.start();
    awaitTotal(5);

    source.failure = new SQLException("FATAL: secret", "57P01");
    await().atMost(SOON).until(() -> feed.problem().equals(Optional.of("connection lost")));
    assertThat(feed.latest().orElseThrow().results().results().total()).isEqualTo(5);
    assertThat(errors).hasPositiveValue();

    source.failure = null;
    await().atMost(SOON).until(() -> feed.problem().isEmpty());
  }

  @Test
  void theAudienceReceivesEachChange() throws Exception {
    source.counted = votes(1);
    feed.start();
    assertThat(audience.next()).isEqualTo("1-0");

    source.notices.add(votes(2));
    assertThat(audience.next()).isEqualTo("2-0");
  }

  @Test
  void aQuietAudienceLearnsSinceWhenTheResultsAreCurrent_alsoWithoutTheDatabase() throws Exception {
    source.counted = votes(1);
    feed.start();
    assertThat(audience.next()).isEqualTo("1-0");

    Instant before = Instant.now();
    Instant fresh = audience.signs.poll(5, TimeUnit.SECONDS);
    assertThat(fresh).isAfter(before.minusSeconds(2));

    source.failure = new SQLException("gone", "08006");
    await().atMost(SOON).until(() -> feed.problem().isPresent());
    Instant last = feed.latest().orElseThrow().at();
    await().atMost(SOON).until(() -> last.equals(audience.signs.poll()));
    assertThat(audience.signs.poll(5, TimeUnit.SECONDS)).as("it stays so").isEqualTo(last);
  }

  private void awaitTotal(long total) {
    await()
        .atMost(SOON)
        .until(
            () -> feed.latest().map(l -> l.results().results().total()).equals(Optional.of(total)));
  }

  private static Results votes(long cats) {
    return Results.catsAndDogs(cats, 0, Optional.empty());
  }

  private static final class Source implements ResultsSource {
    final BlockingQueue<Results> notices = new LinkedBlockingQueue<>();
    volatile Results counted;
    volatile SQLException failure;

    ResultsSource connect() throws SQLException {
      if (failure != null) {
        throw failure;
      }
      return this;
    }

    @Override
    public Results read() throws SQLException {
      if (failure != null) {
        throw failure;
      }
      return counted;
    }

    @Override
    public Optional<Results> awaitChange(Duration patience) throws SQLException {
      try {
        Results notice = notices.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (notice != null && notice.total() > counted.total()) {
          counted = notice;
        }
        return Optional.ofNullable(notice);
      } catch (InterruptedException e) {
        throw new SQLException(e);
      }
    }

    @Override
    public void close() {
      notices.clear();
    }
  }

  /** Records what it receives. */
  private static final class RecordingAudience implements Audience {
    final BlockingQueue<String> results = new LinkedBlockingQueue<>();
    final BlockingQueue<Instant> signs = new LinkedBlockingQueue<>();

    String next() throws InterruptedException {
      return results.poll(5, TimeUnit.SECONDS);
    }

    @Override
    public void changed(RenderedResults now) {
      results.add(now.eventId());
    }

    @Override
    public void unchanged(Optional<Instant> at) {
      at.ifPresent(signs::add);
    }

    @Override
    public int size() {
      return 0;
    }
  }
}
