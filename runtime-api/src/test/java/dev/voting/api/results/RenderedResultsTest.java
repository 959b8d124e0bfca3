package dev.voting.api.results;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.api.results.Results.Tally;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What results look like on the wire, and what they keep to themselves. */
class RenderedResultsTest {
  private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

  @Test
  void catsAndDogsAreSixFieldsByteForByte() {
    RenderedResults rendered = RenderedResults.of(Results.catsAndDogs(2, 1, Optional.of(NOON)));
    assertThat(rendered.json())
        .asString(UTF_8)
        .isEqualTo(
            "{\"cats\":2,\"dogs\":1,\"total\":3,\"cats_percentage\":66.67,"
                + "\"dogs_percentage\":33.33,\"last_updated\":\"2026-12-01T12:00:00Z\"}");
    assertThat(rendered.eventId()).isEqualTo("2-1");
    assertThat(RenderedResults.of(Results.catsAndDogs(0, 0, Optional.empty())).json())
        .asString(UTF_8)
        .isEqualTo(
            "{\"cats\":0,\"dogs\":0,\"total\":0,\"cats_percentage\":0.0,"
                + "\"dogs_percentage\":0.0,\"last_updated\":null}");
  }

  @Test
  void thoseOfAPollHaveItsKeys_andAnIdWithoutCounts() {
    RenderedResults shown = RenderedResults.of(lunch(false, 7919, 81));
    assertThat(shown.json())
        .asString(UTF_8)
        .isEqualTo(
            "{\"pizza\":7919,\"soup\":81,\"total\":8000,\"pizza_percentage\":98.99,"
                + "\"soup_percentage\":1.01,\"last_updated\":\"2026-12-01T12:00:00Z\"}");
    assertThat(shown.eventId()).isEqualTo("3.12.s");
    assertThat(shown.event()).asString(UTF_8).startsWith("id: 3.12.s\ndata: {");
  }

  @Test
  void hiddenOnesAreATotalAlone() {
    RenderedResults hidden = RenderedResults.of(lunch(true, 0, 0));
    assertThat(hidden.json())
        .asString(UTF_8)
        .isEqualTo("{\"total\":8000,\"last_updated\":\"2026-12-01T12:00:00Z\"}");
    assertThat(hidden.eventId()).isEqualTo("3.12.h");
    assertThat(ResultsCsv.of(hidden.results()))
        .asString(UTF_8)
        .isEqualTo("key,label,votes,percentage\r\ntotal,,8000,\r\n");
  }

  @Test
  void asATableTheyAreSafeInASpreadsheet() {
    List<Tally> tallies =
        List.of(
            new Tally("a", "=SUM(A1)", 1),
            new Tally("b", "\"Soup\", hot", 1),
            new Tally("c", "Käse 🧀", 1));
    Results results = new Results("1", 3, 12, false, true, tallies, 3, Optional.of(NOON));
    assertThat(ResultsCsv.of(results))
        .asString(UTF_8)
        .isEqualTo(
            "key,label,votes,percentage\r\n"
                + "a,'=SUM(A1),1,33.34\r\n"
                + "b,\"\"\"Soup\"\", hot\",1,33.33\r\n"
                + "c,Käse 🧀,1,33.33\r\n"
                + "total,,3,\r\n");
    assertThat(RenderedResults.of(results).eventId()).isEqualTo("3.12.f");
  }

  private static Results lunch(boolean hidden, long pizza, long soup) {
    List<Tally> tallies =
        List.of(new Tally("pizza", "Pizza", pizza), new Tally("soup", "Soup", soup));
    return new Results("1", 3, 12, hidden, false, tallies, 8000, Optional.of(NOON));
  }
}
