package dev.voting.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** A client of the stream of results, as a browser is one. */
final class EventStream implements AutoCloseable {
  private final HttpClient client;
  private final BufferedReader lines;

  /**
   * One event.
   *
   * @param type empty for results
   */
  record Event(String id, String type, String data) {}

  private EventStream(HttpClient client, InputStream body) {
    this.client = client;
    this.lines = new BufferedReader(new InputStreamReader(body, UTF_8));
  }

  /**
   * Opens a stream.
   *
   * @param lastEventId what was seen before, or nothing
   */
  static EventStream open(TestApi api, String lastEventId)
      throws IOException, InterruptedException {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest.Builder request = HttpRequest.newBuilder(api.uri("/api/results/stream"));
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
    if (response.statusCode() != 200
        || !TestApi.header(response, "Content-Type").orElse("").equals("text/event-stream")) {
      throw new IOException("no event stream: " + response);
    }
    return new EventStream(client, response.body());
  }

  /** Waits for the next event. */
  Event next() throws IOException {
    String id = "";
    String type = "";
    StringBuilder data = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty() && !data.isEmpty()) {
        return new Event(id, type, data.toString());
      } else if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.startsWith("event: ")) {
        type = line.substring(7);
      } else if (line.startsWith("data: ")) {
        data.append(line.substring(6));
      }
    }
    throw new IOException("the stream has ended");
  }

  /** Waits for the next event of that type. */
  Event next(String type) throws IOException {
    Event event = next();
    while (!event.type().equals(type)) {
      event = next();
    }
    return event;
  }

  /** What is left until the server ends the stream. */
  String readToEnd() throws IOException {
    StringBuilder rest = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      rest.append(line);
    }
    return rest.toString();
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
