package dev.voting.api.poll;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.voting.api.http.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The poll as clients see it; how many tokens there are is not for them. */
public final class PollRenderer {
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

  private final CurrentPoll current;

  public PollRenderer(CurrentPoll current) {
    this.current = current;
  }

  /** The poll as it stands now; nothing while none is known. */
  public Optional<byte[]> json() {
    return current.known().map(known -> Json.render(out -> write(known, out)));
  }

  /** The same as a server-sent event. */
  public Optional<byte[]> event() {
    return json().map(PollRenderer::event);
  }

  private static byte[] event(byte[] json) {
    ByteArrayOutputStream event = new ByteArrayOutputStream(json.length + 32);
    event.writeBytes("event: poll\ndata: ".getBytes(UTF_8));
    event.writeBytes(json);
    event.writeBytes("\n\n".getBytes(UTF_8));
    return event.toByteArray();
  }

  private void write(CurrentPoll.Known known, JsonGenerator out) throws IOException {
    PollDefinition poll = known.poll().definition();
    out.writeStartObject();
    out.writeStringField("round", poll.round());
    out.writeNumberField("revision", known.poll().revision());
    out.writeStringField("state", current.state(known).name());
    out.writeStringField("now", MILLIS.format(Instant.ofEpochMilli(current.clock().millis())));
    write("opensAt", poll.opensAt().map(Instant::toString), out);
    write("closesAt", poll.closesAt().map(Instant::toString), out);
    out.writeBooleanField("final", known.isFinal());
    out.writeStringField("title", poll.title());
    out.writeStringField("language", poll.language());
    out.writeStringField("order", poll.order());
    out.writeStringField("results", poll.results());
    out.writeObjectFieldStart("ballots");
    out.writeStringField("per", poll.ballots().per().name());
    out.writeBooleanField("changeable", poll.ballots().changeable());
    out.writeEndObject();
    out.writeArrayFieldStart("options");
    for (PollDefinition.Option option : poll.options()) {
      out.writeStartObject();
      out.writeStringField("key", option.key());
      out.writeStringField("label", option.label());
      write("emoji", option.emoji(), out);
      out.writeBooleanField("retired", option.retired());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void write(String name, Optional<String> value, JsonGenerator out)
      throws IOException {
    if (value.isPresent()) {
      out.writeStringField(name, value.get());
    }
  }
}
