package dev.voting.api.vote;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.voting.api.http.HttpProblem;
import dev.voting.runtime.VoteOption;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.WritableHeaders;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VoteBodyTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"option\":\"dogs\"}",
        " \r\n\t{ \"option\" : \"dogs\" } \n",
        "{\"option\":\"\\u0064ogs\"}",
        "{\"\\u006fption\":\"dogs\"}"
      })
  void readsAVote(String body) {
    assertThat(VoteBody.parse(body.getBytes(UTF_8))).isEqualTo(VoteOption.DOGS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/json; charset=\"utf-8\""
      })
  void takesJsonInUtf8(String contentType) {
    assertThatCode(() -> VoteBody.requireJson(type(contentType))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "application/json; charset=iso-8859-1",
        "application/json; charset=utf-16",
        "nonsense",
        "/",
        ""
      })
  void refusesAnythingElse(String contentType) {
    HttpProblem problem =
        catchThrowableOfType(HttpProblem.class, () -> VoteBody.requireJson(type(contentType)));
    assertThat(problem.status().code()).isEqualTo(415);
  }

  @Test
  void refusesABodyWithoutAType() {
    HttpProblem problem =
        catchThrowableOfType(
            HttpProblem.class,
            () -> VoteBody.requireJson(ServerRequestHeaders.create(WritableHeaders.create())));
    assertThat(problem.status().code()).isEqualTo(415);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // not JSON at all, or not to its end
        "``                                 | 400 | #",
        "` `                                | 400 | #",
        "cats                               | 400 | #",
        "{                                  | 400 | #",
        "{\"option\"                        | 400 | #/option",
        "{\"option\":\"cats\"               | 400 | #",
        "{\"option\":\"cats\"}}             | 400 | #",
        "{\"option\":\"cats\"} 1            | 400 | #",
        "{\"option\":\"cats\"}{}            | 400 | #",
        "{\"option\":\"cats\",}             | 400 | #",
        "{'option':'cats'}                  | 400 | #",
        "{option:\"cats\"}                  | 400 | #",
        "{\"option\":cats}                  | 400 | #/option",
        "{\"option\":NaN}                   | 400 | #/option",
        "{\"option\":Infinity}              | 400 | #/option",
        "{\"option\":\"cats\" /* x */}      | 400 | #",
        "{\"option\":\"ca\\xts\"}           | 400 | #/option",
        "[                                  | 400 | #",
        "[1,]                               | 400 | #",
        "{\"option\":\"cats\",\"option\":\"cats\"} | 400 | #/option",
        "{\"option\":\"cats\",\"\\u006fption\":1}  | 400 | #/option",
        // JSON, but no vote
        "[]                                 | 422 | #",
        "[{\"option\":\"cats\"}]            | 422 | #",
        "null                               | 422 | #",
        "true                               | 422 | #",
        "17                                 | 422 | #",
        "\"cats\"                           | 422 | #",
        "{}                                 | 422 | #/option",
        "{\"option\":null}                  | 422 | #/option",
        "{\"option\":1}                     | 422 | #/option",
        "{\"option\":true}                  | 422 | #/option",
        "{\"option\":[\"cats\"]}            | 422 | #/option",
        "{\"option\":{\"a\":\"cats\"}}      | 422 | #/option",
        "{\"option\":\"\"}                  | 422 | #/option",
        "{\"option\":\"Cats\"}              | 422 | #/option",
        "{\"option\":\" cats\"}             | 422 | #/option",
        "{\"option\":\"birds\"}             | 422 | #/option",
        "{\"option\":\"cats\\u0000\"}       | 422 | #/option",
        "{\"option\":\"cats\",\"count\":9}  | 422 | #/count",
        "{\"Option\":\"cats\"}              | 422 | #/Option",
        "{\"a/b~ c\":\"cats\"}              | 422 | #/a~1b~0%20c",
        "{\"\":\"cats\"}                    | 422 | #/"
      })
  void saysWhatIsWrong(String body, int status, String pointer) {
    HttpProblem problem = refuse((body == null ? "" : body).getBytes(UTF_8));

    assertThat(problem.status().code()).isEqualTo(status);
    assertThat(problem.firstError().map(HttpProblem.FieldError::pointer).orElse(null))
        .isEqualTo(pointer);
    assertThat(problem.getMessage()).doesNotContain("fasterxml").doesNotContain("Exception");
  }

  @Test
  void refusesOtherEncodings() {
    String vote = "{\"option\":\"cäts\"}";
    assertThat(refuse(vote.getBytes(ISO_8859_1)).getMessage()).isEqualTo("the body is not UTF-8");
    assertThat(refuse(vote.getBytes(UTF_16)).status().code()).isEqualTo(400);
    // An overlong encoding of "c", which lenient decoders let pass.
    byte[] overlong = "{\"option\":\"??ats\"}".getBytes(ISO_8859_1);
    overlong[11] = (byte) 0xC1;
    overlong[12] = (byte) 0xA3;
    assertThat(refuse(overlong).getMessage()).isEqualTo("the body is not UTF-8");
  }

  @Test
  void refusesDeepNestingWithoutFollowingIt() {
    String deep = "{\"option\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    HttpProblem problem = refuse(deep.getBytes(UTF_8));
    assertThat(problem.status().code()).isEqualTo(400);
    assertThat(problem.getMessage()).contains("nested too deeply");
    assertThat(problem.firstError().orElseThrow().pointer()).isEqualTo("#/option");
  }

  @Test
  void cutsTheNameOfAnUnknownField() {
    String body = "{\"" + "x".repeat(4_000) + "\":1}";
    HttpProblem problem = refuse(body.getBytes(UTF_8));
    assertThat(problem.firstError().orElseThrow().pointer()).hasSize(66);
  }

  @Test
  void refusesANameOrATextThatWouldHaveToBeHeld() {
    String longText = "x".repeat(40_000);
    assertThat(refuse(("{\"option\":\"" + longText + "\"}").getBytes(UTF_8)).getMessage())
        .contains("a value that is too long");
    assertThat(refuse(("{\"" + longText + "\":1}").getBytes(UTF_8)).status().code()).isEqualTo(400);
  }

  @Test
  void validatesABodyAsItArrives() {
    AtomicInteger read = new AtomicInteger();
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            read.incrementAndGet();
            return 'x';
          }
        };
    assertThat(
            catchThrowableOfType(HttpProblem.class, () -> VoteBody.parse(endless)).status().code())
        .isEqualTo(400);
    assertThat(read).hasValueLessThan(100_000);
  }

  /** Both ways to read a body come to the same. */
  private static HttpProblem refuse(byte[] body) {
    HttpProblem problem = catchThrowableOfType(HttpProblem.class, () -> VoteBody.parse(body));
    assertThat(problem).isNotNull();
    HttpProblem streamed =
        catchThrowableOfType(
            HttpProblem.class, () -> VoteBody.parse(new ByteArrayInputStream(body)));
    assertThat(streamed.status()).isEqualTo(problem.status());
    if (body.length > 0) {
      assertThat(streamed.firstError()).isEqualTo(problem.firstError());
    }
    return problem;
  }

  private static ServerRequestHeaders type(String contentType) {
    WritableHeaders<?> headers = WritableHeaders.create();
    headers.set(HeaderNames.CONTENT_TYPE, contentType);
    return ServerRequestHeaders.create(headers);
  }
}
