package dev.voting.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Votes over HTTP. */
public final class Voter implements AutoCloseable {
  private static final Pattern COUNTS =
      Pattern.compile("\"(?<option>cats|dogs)\"\\s*:\\s*(?<count>\\d+)");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String address;

  public Voter(int port) {
    this.address = "http://localhost:" + port;
  }

  /** The counts of the API. */
  public record Results(long cats, long dogs) {}

  /** Votes once; anything but 201 is an error. */
  public void vote(String option) throws IOException, InterruptedException {
    int status = send(option, UUID.randomUUID().toString());
    if (status != 201) {
      throw new IOException("a vote was answered " + status);
    }
  }

  /** Votes, as a person does who tries again as long as there is an error. */
  public void voteUntilTaken(String option) throws IOException, InterruptedException {
    String key = UUID.randomUUID().toString();
    for (int attempt = 0; attempt < 600; attempt++) {
      if (send(option, key) == 201) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IOException("no vote was taken for a minute");
  }

  public Results results() throws IOException, InterruptedException {
    HttpResponse<String> response = get("/api/results");
    if (response.statusCode() != 200) {
      throw new IOException("results were answered " + response.statusCode());
    }
    long cats = -1;
    long dogs = -1;
    Matcher counts = COUNTS.matcher(response.body());
    while (counts.find()) {
      long count = Long.parseLong(counts.group("count"));
      if (counts.group("option").equals("cats")) {
        cats = count;
      } else {
        dogs = count;
      }
    }
    return new Results(cats, dogs);
  }

  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(address + path)).timeout(Duration.ofSeconds(10)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    http.close();
  }

  /** The key distinguishes a repeated vote from a new one. */
  private int send(String option, String key) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(address + "/api/vote"))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString("{\"option\":\"" + option + "\"}"))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
