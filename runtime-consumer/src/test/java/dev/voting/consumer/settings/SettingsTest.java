package dev.voting.consumer.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.runtime.Environment;
import dev.voting.runtime.LogLevel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final Map<String, String> LEAST =
      Map.of("REDIS_URL", "redis://h", "DATABASE_URL", "postgresql://h/votes");

  @Test
  void haveTheDocumentedDefaults() {
    Settings settings = Settings.from(new Environment(LEAST));
    assertThat(settings.stream()).isEqualTo("votes");
    assertThat(settings.group()).isEqualTo("vote-processors");
    assertThat(settings.consumer()).isNotBlank();
    assertThat(settings.batchSize()).isEqualTo(1000);
    assertThat(settings.metricsPort()).isEqualTo(8001);
    assertThat(settings.claimIdle()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.retryMax()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.schemaWait()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.loginWait()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.shutdownGrace()).isEqualTo(Duration.ofSeconds(25));
    assertThat(settings.logLevel()).isEqualTo(LogLevel.INFO);
  }

  @Test
  void refuseAnImpossibleBatchSize() {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("BATCH_SIZE", "0");
    assertThatThrownBy(() -> Settings.from(new Environment(variables)))
        .hasMessage("BATCH_SIZE is '0': set a whole number from 1 to 100000");
  }
}
