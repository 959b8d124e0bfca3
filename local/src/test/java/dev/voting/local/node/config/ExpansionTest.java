package dev.voting.local.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTest {
  @ParameterizedTest
  @CsvSource({
    "$(NAME), cats",
    "a $(NAME) b $(OTHER), a cats b do$gs",
    "$$(NAME), $(NAME)",
    "$(UNKNOWN), $(UNKNOWN)",
    "$NAME ${NAME} $(, $NAME ${NAME} $(",
    "$$$$, $$"
  })
  void followsKubernetes(String text, String expanded) {
    assertThat(Expansion.expand(text, Map.of("NAME", "cats", "OTHER", "do$gs")))
        .isEqualTo(expanded);
  }
}
