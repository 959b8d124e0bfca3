package dev.voting.api.results;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.voting.api.http.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.stream.Collectors;

/**
 * Results as bytes for the wire, rendered once for all readers.
 *
 * @param results the count
 * @param json the answer to {@code GET /api/results}
 * @param eventId the id of the event, the same at every replica of this service for the same count;
 *     of a poll it says nothing of the count
 * @param event the server-sent event
 */
record RenderedResults(Results results, byte[] json, String eventId, byte[] event) {

  static RenderedResults of(Results results) {
    byte[] json = Json.render(out -> write(results, out));
    String id = id(results);
    String event = "id: " + id + "\ndata: " + new String(json, US_ASCII) + "\n\n";
    return new RenderedResults(results, json, id, event.getBytes(US_ASCII));
  }

  private static String id(Results results) {
    if (results.ofPoll()) {
      String stage = results.isFinal() ? "f" : results.hidden() ? "h" : "s";
      return results.seq() + "." + results.version() + "." + stage;
    }
    return results.tallies().stream()
        .map(tally -> Long.toString(tally.count()))
        .collect(Collectors.joining("-"));
  }

  private static void write(Results results, JsonGenerator out) throws IOException {
    out.writeStartObject();
    if (results.hidden()) {
      out.writeNumberField("total", results.total());
    } else {
      for (Results.Tally tally : results.tallies()) {
        out.writeNumberField(tally.key(), tally.count());
      }
      out.writeNumberField("total", results.total());
      long[] shares = results.shares();
      for (int i = 0; i < shares.length; i++) {
        out.writeNumberField(results.tallies().get(i).key() + "_percentage", shares[i] / 100.0);
      }
    }
    out.writeStringField("last_updated", results.lastUpdated().map(Instant::toString).orElse(null));
    out.writeEndObject();
  }
}
