package dev.voting.api.results;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.voting.api.http.Json;
import java.time.Instant;

/**
 * Results as bytes for the wire, rendered once for all readers.
 *
 * @param results the count
 * @param json the answer to {@code GET /api/results}
 * @param eventId the id of the event, the same at every replica of this service for the same count
 * @param event the server-sent event
 */
record RenderedResults(Results results, byte[] json, String eventId, byte[] event) {

  static RenderedResults of(Results results) {
    byte[] json = Json.render(out -> write(results, out));
    String id = results.cats() + "-" + results.dogs();
    String event = "id: " + id + "\ndata: " + new String(json, US_ASCII) + "\n\n";
    return new RenderedResults(results, json, id, event.getBytes(US_ASCII));
  }

  private static void write(Results results, JsonGenerator out) throws java.io.IOException {
    out.writeStartObject();
    out.writeNumberField("cats", results.cats());
    out.writeNumberField("dogs", results.dogs());
    out.writeNumberField("total", results.total());
    out.writeNumberField("cats_percentage", results.catsPercentage());
    out.writeNumberField("dogs_percentage", results.dogsPercentage());
    out.writeStringField("last_updated", results.lastUpdated().map(Instant::toString).orElse(null));
    out.writeEndObject();
  }
}
