package dev.voting.operator.blueprint.components;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.blueprint.Renderings;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 12 | 12 | 100",
        "{consumer: {replicas: 16}} | 12 | 42 | 100",
        "{consumer: {replicas: 0}, api: {replicas: 0}} | 10 | 10 | 100",
        "{api: {replicas: 30}} | 70 | 12 | 200",
        "{api: {replicas: 1, autoscaling: {maxReplicas: 100}}} | 210 | 12 | 400",
        "{api: {replicas: 100}, consumer: {replicas: 100}} | 210 | 210 | 800"
      })
  void everyPodHasItsConnectionAlsoWhileAllRoll(String spec, int api, int consumer, int server) {
    assertThat(limits(spec))
        .contains(
            "ALTER ROLE voting_api CONNECTION LIMIT %d;".formatted(api),
            "ALTER ROLE voting_api_b CONNECTION LIMIT %d;".formatted(api),
            "ALTER ROLE voting_consumer CONNECTION LIMIT %d;".formatted(consumer),
            "ALTER ROLE voting_consumer_b CONNECTION LIMIT %d;".formatted(consumer));
    assertThat(arguments(spec))
        .isEqualTo(
            server == 100 ? List.of() : List.of("postgres", "-c", "max_connections=" + server));
    assertThat(api + consumer).isLessThan(server);
  }

  @Test
  void fewerOrMorePodsRestartPostgresqlOnlyWhereItMustTakeMore() {
    assertThat(template("{api: {replicas: 5}, consumer: {replicas: 4}}")).isEqualTo(template("{}"));
    assertThat(template("{api: {replicas: 40}}")).isEqualTo(template("{api: {replicas: 30}}"));
    assertThat(template("{api: {replicas: 30}}")).isNotEqualTo(template("{}"));
  }

  private static String limits(String spec) {
    return Renderings.of("voting", spec)
        .objects()
        .filter(ConfigMap.class::isInstance)
        .map(ConfigMap.class::cast)
        .filter(map -> map.getMetadata().getName().equals("postgres-scripts"))
        .map(map -> map.getData().get("connections.sql"))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> arguments(String spec) {
    return template(spec).getSpec().getContainers().getFirst().getArgs();
  }

  private static PodTemplateSpec template(String spec) {
    return Renderings.of("voting", spec)
        .objects()
        .filter(StatefulSet.class::isInstance)
        .map(StatefulSet.class::cast)
        .filter(set -> set.getMetadata().getName().equals("postgres"))
        .findFirst()
        .orElseThrow()
        .getSpec()
        .getTemplate();
  }
}
