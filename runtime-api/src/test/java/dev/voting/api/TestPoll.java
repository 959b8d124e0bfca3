package dev.voting.api;

import dev.voting.runtime.Streams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import redis.clients.jedis.Jedis;

/** A definition as the operator writes it, and what puts it in force in Redis as a Job does. */
public final class TestPoll {
  /** Of the vectors that all components share. */
  public static final String BALLOT_KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

  private final Map<String, String> fields = new LinkedHashMap<>();
  private final List<String> options = new ArrayList<>();

  private TestPoll() {
    fields.put("title", "\"Lunch?\"");
    fields.put("options", "");
    fields.put("order", "\"Listed\"");
    fields.put("round", "\"1\"");
    fields.put("results", "\"Live\"");
    fields.put("language", "\"en\"");
    fields.put("ballots", "{\"per\":\"Request\",\"changeable\":true}");
  }

  /** A poll with these keys, whose labels begin with a capital. */
  public static TestPoll of(String... keys) {
    TestPoll poll = new TestPoll();
    for (String key : keys) {
      poll.option(key, false);
    }
    return poll;
  }

  private void option(String key, boolean retired) {
    String label = key.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + key.substring(1);
    options.add(
        "{\"key\":\"%s\",\"label\":\"%s\",\"emoji\":\"🍕\",\"retired\":%b}"
            .formatted(key, label, retired));
  }

  public TestPoll retired(String key) {
    option(key, true);
    return this;
  }

  /** An option with a label of its own. */
  public TestPoll labelled(String key, String label) {
    options.add(
        "{\"key\":\"%s\",\"label\":\"%s\",\"retired\":false}"
            .formatted(key, label.replace("\"", "\\\"")));
    return this;
  }

  public TestPoll round(String round) {
    return with("round", "\"" + round + "\"");
  }

  /** Opens at a second of 1970. */
  public TestPoll opens(long second) {
    return with("opensAt", "\"" + java.time.Instant.ofEpochSecond(second) + "\"");
  }

  /** Closes at a second of 1970. */
  public TestPoll closes(long second) {
    return with("closesAt", "\"" + java.time.Instant.ofEpochSecond(second) + "\"");
  }

  public TestPoll afterClose() {
    return with("results", "\"AfterClose\"");
  }

  public TestPoll perBrowser(boolean changeable) {
    return with("ballots", "{\"per\":\"Browser\",\"changeable\":" + changeable + "}");
  }

  public TestPoll perToken(int tokens) {
    return with("ballots", "{\"per\":\"Token\",\"changeable\":true,\"tokens\":" + tokens + "}");
  }

  private TestPoll with(String field, String json) {
    fields.put(field, json);
    return this;
  }

  public String json() {
    fields.put("options", "[" + String.join(",", options) + "]");
    return fields.entrySet().stream()
        .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  /** What the key in Redis holds. */
  public String document(long seq, int revision) {
    return "%020d{\"seq\":%d,\"round\":%s,\"revision\":%d,\"definition\":%s}"
        .formatted(seq, seq, fields.get("round"), revision, json());
  }

  public void inForce(Jedis redis, String stream, long seq, int revision) {
    redis.set(Streams.poll(stream), document(seq, revision));
  }

  public void inForce(TestApi api, long seq, int revision) {
    try (Jedis redis = api.redis()) {
      inForce(redis, api.stream(), seq, revision);
    }
  }

  /** The variables with which a service starts with this poll. */
  public String[] environment(Path folder, String... more) {
    List<String> all =
        new ArrayList<>(List.of("POLL_FILE", write(folder), "BALLOT_KEY", BALLOT_KEY));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private String write(Path folder) {
    try {
      return Files.writeString(folder.resolve("poll.json"), json()).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
