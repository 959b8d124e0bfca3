package dev.voting.operator.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The spec changes: in one step or in many, and these once more while the operator is killed again
 * and again. Between two rotations there must be two minutes, so others are between them.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class ChangeCases {

  private final NodeSuite suite;
  private final VotingSystem system;

  ChangeCases(NodeSuite suite) {
    this.suite = suite;
    system = suite.system;
  }

  @Test
  @Order(1)
  void credentialsAreRotated() throws Exception {
    suite.during("credentials are rotated").refusesNone().run(this::rotate);
  }

  @Test
  @Order(2)
  void theApiRolls() throws Exception {
    suite
        .during("the API's pods roll")
        .refusesNone()
        .run(() -> system.change("{\"api\":{\"corsOrigins\":[\"https://example.org\"]}}"));
  }

  @Test
  @Order(3)
  void postgresIsReplaced() throws Exception {
    suite
        .during("postgres is replaced by an update")
        .refusesNone()
        .run(() -> system.change("{\"postgres\":{\"resources\":{\"limits\":{\"cpu\":\"600m\"}}}}"));
  }

  @Test
  @Order(4)
  void redisIsReplaced() throws Exception {
    suite
        .during("redis is replaced by an update")
        .pausesFor(Patience.seconds(5))
        .run(() -> system.change("{\"redis\":{\"resources\":{\"limits\":{\"cpu\":\"300m\"}}}}"));
  }

  @Test
  @Order(5)
  void tlsIsSwitched() throws Exception {
    suite.during("TLS is switched on").pausesFor(Patience.seconds(10)).run(() -> tls(true));
    suite
        .during("TLS is switched off")
        .asItIs()
        .pausesFor(Patience.seconds(10))
        .run(() -> tls(false));
  }

  @Test
  @Order(6)
  void theJobBecomesADeployment() throws Exception {
    suite
        .during("the consumer's Job becomes a Deployment, and back")
        .refusesNone()
        .run(this::switchWorkload);
  }

  @Test
  @Order(7)
  void credentialsAreRotatedWhileTheOperatorIsKilled() throws Exception {
    suite
        .during("credentials are rotated, the operator is killed meanwhile")
        .refusesNone()
        .run(() -> whileKilled(this::rotate));
  }

  @Test
  @Order(8)
  void tlsIsSwitchedWhileTheOperatorIsKilled() throws Exception {
    suite
        .during("TLS is switched on, the operator is killed meanwhile")
        .pausesFor(Patience.seconds(10))
        .run(() -> whileKilled(() -> tls(true)));
    suite
        .during("TLS is switched off, the operator is killed meanwhile")
        .asItIs()
        .pausesFor(Patience.seconds(10))
        .run(() -> whileKilled(() -> tls(false)));
  }

  @Test
  @Order(9)
  void theJobBecomesADeploymentWhileTheOperatorIsKilled() throws Exception {
    suite
        .during("Job to Deployment and back, the operator is killed meanwhile")
        .refusesNone()
        .run(() -> whileKilled(this::switchWorkload));
  }

  private void rotate() {
    system.change("{\"secrets\":{\"rotate\":\"%s\"}}".formatted(Instant.now()));
    // Once it has begun, for the one before is over, too.
    system.awaitReason("CredentialsRotated", Patience.minutes(2), "Rotating");
    await("the end of the rotation")
        .atMost(Patience.minutes(8))
        .until(
            () ->
                system
                    .condition("CredentialsRotated")
                    .filter(c -> c.getStatus().equals("True"))
                    .isPresent());
  }

  private void tls(boolean enabled) {
    system.change("{\"tls\":{\"enabled\":%b}}".formatted(enabled));
    system.awaitReady();
  }

  private void switchWorkload() {
    system.change("{\"consumer\":{\"workload\":\"Deployment\"}}");
    system.awaitReady();
    assertThat(jobs()).as("Jobs beside the Deployment").isEmpty();
    system.change("{\"consumer\":{\"workload\":\"Job\"}}");
    system.awaitReady();
    assertThat(jobs()).as("the consumer's Jobs").hasSize(1);
    assertThat(
            suite
                .client
                .apps()
                .deployments()
                .inNamespace(system.names.consumerNamespace())
                .list()
                .getItems())
        .as("Deployments beside the Job")
        .isEmpty();
  }

  private List<Job> jobs() {
    return suite
        .client
        .resources(Job.class)
        .inNamespace(system.names.consumerNamespace())
        .list()
        .getItems();
  }

  /** Kills the operator that acts, and its successors, a little later each time. */
  private void whileKilled(Case.Event event) throws Exception {
    var killer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    for (var millis : List.of(300, 1_000, 3_000)) {
                      suite.operator.killLeader(millis);
                    }
                  } catch (InterruptedException e) {
                    // The change is over.
                  }
                });
    try {
      event.happen();
    } finally {
      killer.interrupt();
      killer.join();
    }
  }
}
