package dev.voting.crd.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {

  @ParameterizedTest
  @CsvSource({
    "1000m, 1",
    "0.5, 500m",
    "1024Mi, 1Gi",
    "1.5Gi, 1536Mi",
    "1000, 1k",
    "100m, 100m",
    "2, 2",
    "0, 0",
    "0Gi, 0",
    "1e3, 1e3",
    "512Ki, 512Ki",
    "1000Ki, 1000Ki",
    "+1, 1",
    "-1, -1",
    ".5, 500m",
    "1500k, 1500k",
    "2000k, 2M",
    "1n, 1n",
    "0.1n, 1n"
  })
  void theCanonicalFormIsThatOfKubernetes(String text, String canonical) {
    assertThat(Quantity.parse(text))
        .hasValueSatisfying(q -> assertThat(q.canonical()).isEqualTo(canonical));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1Zi", "1 Gi", "Gi", "1e", "--1", "1mi"})
  void whatIsNoQuantityIsNone(String text) {
    assertThat(Quantity.parse(text)).isEmpty();
  }
}
