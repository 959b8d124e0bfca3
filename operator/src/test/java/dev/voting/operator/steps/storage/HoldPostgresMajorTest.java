package dev.voting.operator.steps.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HoldPostgresMajorTest {

  @ParameterizedTest
  @CsvSource({
    "postgres:15-alpine, 15",
    "postgres:16, 16",
    "postgres:16.3, 16",
    "registry.example.org:5000/library/postgres:17.1-bookworm, 17",
    "postgres:15@sha256:0123456789abcdef, 15"
  })
  void theTagOfTheOfficialImageShowsIt(String image, String major) {
    assertThat(HoldPostgresMajor.major(image)).contains(major);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres",
        "postgres:latest",
        "registry.example.org:5000/postgres",
        "postgres:1.4",
        "example.org/mypg:1.4",
        "example.org/mypg:16",
        "example.org/postgres-16:15.2"
      })
  void aTagOfAnythingElseDoesNot(String image) {
    assertThat(HoldPostgresMajor.major(image)).isEmpty();
  }
}
