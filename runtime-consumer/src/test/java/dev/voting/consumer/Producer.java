package dev.voting.consumer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Adds votes in several producers' formats, and some entries that are none, and remembers which of
 * them Redis acknowledged. Never far ahead of the consumers.
 */
final class Producer implements Runnable {
  private static final int PIPELINED = 100;
  private static final long MOST_AHEAD = 8_000;

  private final Servers servers;
  private final RandomGenerator random;
  private final int wanted;
  private volatile int acknowledged;
  private volatile int unansweredVotes;
  private volatile int unansweredBad;

  /** What Redis took: ids of votes with their option, and ids of entries that are not votes. */
  final Map<String, String> votes = new ConcurrentHashMap<>();

  final Map<String, Boolean> bad = new ConcurrentHashMap<>();

  /** The voters of those of the votes that are ballots of a poll. */
  final Map<String, String> voters = new ConcurrentHashMap<>();

  Producer(Servers servers, RandomGenerator random, int wanted) {
    this.servers = servers;
    this.random = random;
    this.wanted = wanted;
  }

  /** How many votes Redis has acknowledged until now. */
  int acknowledged() {
    return acknowledged;
  }

  /** How many votes were sent without an answer: Redis has them, or not. */
  int unansweredVotes() {
    return unansweredVotes;
  }

  /** The same of entries that are no votes. */
  int unansweredBad() {
    return unansweredBad;
  }

  @Override
  public void run() {
    while (acknowledged < wanted) {
      try (Jedis redis = servers.stream()) {
        while (acknowledged < wanted) {
          if (redis.xlen("votes") > MOST_AHEAD) {
            Thread.sleep(5);
          } else {
            add(redis);
          }
        }
      } catch (JedisException unavailable) {
        // Killed or starting. What it did not acknowledge may be there or not.
        Thread.onSpinWait();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void add(Jedis redis) {
    List<Map<String, String>> sent = new ArrayList<>(PIPELINED);
    List<Response<StreamEntryID>> answers = new ArrayList<>(PIPELINED);
    try (Pipeline pipeline = redis.pipelined()) {
      for (int i = 0; i < PIPELINED; i++) {
        Map<String, String> fields = fields();
        sent.add(fields);
        answers.add(pipeline.xadd("votes", StreamEntryID.NEW_ENTRY, fields));
      }
      pipeline.sync();
    } finally {
      for (int i = 0; i < answers.size(); i++) {
        remember(sent.get(i), answers.get(i));
      }
    }
  }

  private void remember(Map<String, String> fields, Response<StreamEntryID> answer) {
    String option = fields.getOrDefault("choice", fields.get("option"));
    boolean vote = fields.containsKey("choice") || "cats".equals(option) || "dogs".equals(option);
    String id;
    try {
      id = answer.get().toString();
    } catch (RuntimeException unanswered) {
      if (vote) {
        unansweredVotes++;
      } else {
        unansweredBad++;
      }
      return;
    }
    if (vote) {
      votes.put(id, option);
      if (fields.containsKey("voter")) {
        voters.put(id, fields.get("voter"));
      }
      acknowledged++;
    } else {
      bad.put(id, true);
    }
  }

  private Map<String, String> fields() {
    String option = random.nextInt(10) < 6 ? "cats" : "dogs";
    String now = Long.toString(System.currentTimeMillis());
    return switch (random.nextInt(200)) {
      case 0 -> Map.of("timestamp", now);
      case 1 -> Map.of("option", "birds", "timestamp", now);
      case 2, 3, 4, 5 -> Map.of("option", option);
      case 6, 7, 8, 9, 10, 11 ->
          Map.of(
              "option",
              option,
              "timestamp",
              now,
              "source_ip",
              "192.0.2.7",
              "user_agent",
              "test",
              "request_id",
              Long.toHexString(random.nextLong()));
      case 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 ->
          Map.of(
              "choice",
              random.nextBoolean() ? "pizza" : "salad",
              "round",
              "1",
              "voter",
              "voter-----------------".substring(0, 19) + (100 + random.nextInt(200)),
              "timestamp",
              now);
      default -> Map.of("option", option, "timestamp", now);
    };
  }
}
