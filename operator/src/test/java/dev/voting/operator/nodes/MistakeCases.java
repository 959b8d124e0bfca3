package dev.voting.operator.nodes;

import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody asks for what cannot be, reads why it is not, and corrects it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class MistakeCases {

  private final NodeSuite suite;
  private final VotingSystem system;

  MistakeCases(NodeSuite suite) {
    this.suite = suite;
    system = suite.system;
  }

  @ParameterizedTest
  @ValueSource(strings = {"frontend", "api", "consumer", "postgres", "redis"})
  @Order(1)
  void aBadImageIsCorrected(String component) throws Exception {
    var row = suite.during("a bad image of " + component + ", and back");
    if (!component.equals(Names.REDIS)) {
      row.refusesNone();
    }
    row.run(
        () -> {
          var image =
              system.livePods(component).getFirst().getSpec().getContainers().stream()
                  .filter(container -> container.getName().equals(component))
                  .findFirst()
                  .orElseThrow()
                  .getImage();
          system.change("{\"%s\":{\"image\":\"%s\"}}".formatted(component, missing(image)));
          system.awaitReason(
              VotingSystem.available(component),
              Patience.minutes(3),
              "ErrImagePull",
              "ImagePullBackOff");
          NodeSuite.letPass(Duration.ofSeconds(10));
          system.restore();
        });
  }

  /** The same version of an image that there is not, for a major version is not easily changed. */
  private static String missing(String image) {
    var tag = image.indexOf(':', image.lastIndexOf('/') + 1);
    return image.contains("@") || tag < 0
        ? image.split("@")[0] + ":no-such-tag"
        : image + "-no-such-tag";
  }

  @Test
  @Order(2)
  void anImpossibleRequestOfRedisIsCorrected() throws Exception {
    suite
        .during("redis asks for more than a node has, and back")
        .run(
            () -> {
              system.change(
                  "{\"redis\":{\"resources\":{\"requests\":{\"cpu\":\"900\"},"
                      + "\"limits\":{\"cpu\":\"900\"}}}}");
              system.awaitReason("RedisAvailable", Patience.minutes(2), "Unschedulable");
              system.restore();
            });
  }

  @Test
  @Order(3)
  void aQuotaTooSmallIsRaised() throws Exception {
    suite
        .during("a quota is too small for another API pod, and raised")
        .refusesNone()
        .run(
            () -> {
              var quota = suite.client.resource(quota(2));
              quota.create();
              try {
                system.change("{\"api\":{\"replicas\":3}}");
                system.awaitReason("ApiAvailable", Patience.minutes(2), "QuotaExceeded");
                suite.client.resource(quota(9)).update();
                system.awaitReady();
                system.restore();
                system.awaitReady();
              } finally {
                quota.delete();
              }
            });
  }

  private ResourceQuota quota(int pods) {
    return new ResourceQuotaBuilder()
        .withNewMetadata()
        .withNamespace(system.names.apiNamespace())
        .withName("node-suite")
        .endMetadata()
        .withNewSpec()
        .addToHard("pods", new Quantity(String.valueOf(pods)))
        .endSpec()
        .build();
  }
}
