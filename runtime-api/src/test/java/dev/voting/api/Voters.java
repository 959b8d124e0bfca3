package dev.voting.api;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Many clients that vote without a pause until they are stopped, each vote with a key of its own,
 * and keep a list of what they were answered.
 */
final class Voters implements AutoCloseable {
  private static final Pattern STREAM_ID = Pattern.compile("\"stream_id\":\"([0-9]+-[0-9]+)\"");

  /** The keys of all votes that were answered 201, with the stream id in the answer. */
  final Map<String, String> recorded = new ConcurrentHashMap<>();

  /** The keys of the votes of which the answer says that they were not counted. */
  final Set<String> refused = ConcurrentHashMap.newKeySet();

  /** The keys of the votes of which the answer says that they may have been counted. */
  final Set<String> unclear = ConcurrentHashMap.newKeySet();

  /** Answers that are neither. */
  final Map<String, Integer> unexpected = new ConcurrentHashMap<>();

  final AtomicLong slowestNanos = new AtomicLong();

  private final AtomicInteger keys = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final TestApi api;
  private volatile boolean stopped;

  Voters(TestApi api, int count) {
    this.api = api;
    for (int i = 0; i < count; i++) {
      threads.submit(this::vote);
    }
  }

  private void vote() {
    while (!stopped) {
      String key = "key-" + keys.incrementAndGet();
      long start = System.nanoTime();
      try {
        HttpResponse<String> response = api.vote("cats", "Idempotency-Key", key);
        sort(key, response);
      } catch (Exception e) {
        unexpected.put(e.toString(), 0);
      }
      slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
    }
  }

  private void sort(String key, HttpResponse<String> response) {
    Matcher id = STREAM_ID.matcher(response.body());
    boolean retry = response.headers().firstValue("Retry-After").isPresent();
    if (response.statusCode() == 201 && id.find()) {
      recorded.put(key, id.group(1));
    } else if (response.statusCode() == 503
        && retry
        && response.body().contains("was not counted")) {
      refused.add(key);
    } else if (response.statusCode() == 503
        && retry
        && response.body().contains("may or may not")) {
      unclear.add(key);
    } else {
      unexpected.put(response.body(), response.statusCode());
    }
  }

  @Override
  public void close() {
    finish();
  }

  Duration slowest() {
    return Duration.ofNanos(slowestNanos.get());
  }

  /** Waits for the answers of all votes in flight, and ends. */
  void finish() {
    stopped = true;
    threads.close();
  }
}
