package dev.voting.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.voting.local.node.PodPorts;
import dev.voting.servers.process.TlsSockets;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole VotingApp with TLS inside, every client verifying every server. */
class UpTlsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private Path corner;

  @BeforeEach
  void makeCorner() throws IOException {
    corner = Up.corner();
  }

  @AfterEach
  void clearCorner() throws IOException {
    Up.clear(corner);
  }

  @Test
  void votesTravelOverTlsAlsoWithAnotherCa() throws Exception {
    Path app =
        Files.writeString(
            corner.resolve("app.yaml"),
            """
            apiVersion: voting.dev/v1alpha1
            kind: VotingApp
            metadata: {name: voting}
            spec: {tls: {enabled: true}}
            """);
    try (Up up = Up.start(corner, "-f", app.toString());
        Voter voter = new Voter(up.awaitReady(PATIENCE));
        KubernetesClient client = up.client()) {
      voter.vote("cats");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(voter.results()).isEqualTo(new Voter.Results(1, 0)));

      Path ca = Files.writeString(corner.resolve("ca.crt"), value(client, "ca.crt"));
      int redis = port(client, "redis-0", 6379);
      X509Certificate before = presented(redis, ca);
      long process = pid(client, "redis-0");
      int postgres = port(client, "postgres-0", 5432);
      assertThat(
              catchThrowable(
                  () ->
                      DriverManager.getConnection(
                          "jdbc:postgresql://127.0.0.1:" + postgres + "/votes?sslmode=disable",
                          "voting_api",
                          "any")))
          .hasMessageContaining("no encryption");

      // Everything that a CA has signed goes with it, and nothing is restarted.
      client.secrets().inNamespace("voting-data").withName("voting-ca").delete();
      await("another certificate")
          .atMost(PATIENCE)
          .ignoreExceptions()
          .untilAsserted(
              () -> {
                Files.writeString(ca, value(client, "ca.crt"));
                assertThat(presented(redis, ca)).isNotEqualTo(before);
              });
      assertThat(pid(client, "redis-0")).as(() -> log(up)).isEqualTo(process);
      for (String pod : List.of("redis-0", "postgres-0")) {
        ProcessHandle.of(pid(client, pod))
            .orElseThrow(() -> new AssertionError(pod + " does not run:\n" + log(up)))
            .destroyForcibly();
      }
      voter.voteUntilTaken("dogs");
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(voter.results()).isEqualTo(new Voter.Results(1, 1)));
    }
  }

  private static String log(Up up) {
    return String.join("\n", up.output());
  }

  private static String value(KubernetesClient client, String key) {
    Secret secret = client.secrets().inNamespace("voting-data").withName("redis-tls").get();
    return new String(
        Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
  }

  private static int port(KubernetesClient client, String pod, int port) {
    return PodPorts.read(client.pods().inNamespace("voting-data").withName(pod).get()).get(port);
  }

  private static long pid(KubernetesClient client, String pod) {
    return Long.parseLong(
        client
            .pods()
            .inNamespace("voting-data")
            .withName(pod)
            .get()
            .getStatus()
            .getContainerStatuses()
            .getFirst()
            .getContainerID()
            .replaceFirst(".*://", ""));
  }

  /** The certificate of a server, for a client that trusts a CA. */
  private static X509Certificate presented(int port, Path ca) throws IOException {
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket socket = (SSLSocket) TlsSockets.over(plain, ca)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }
}
