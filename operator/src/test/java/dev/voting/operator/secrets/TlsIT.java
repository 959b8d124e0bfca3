package dev.voting.operator.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.certificates.Authority;
import dev.voting.operator.certificates.Identity;
import dev.voting.operator.certificates.Pem;
import dev.voting.operator.certmanager.Certificate;
import dev.voting.operator.testing.CertManager;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Certificates over their life, on whatever cluster {@link TestCluster} is. */
class TlsIT extends ClusterTests {

  private static final String ON = "{tls: {enabled: true}}";
  private static final Duration SERVER_RENEWED_AT = Duration.ofDays(60);
  private static final Duration CA_RENEWED_AT = Duration.ofDays(3650 - 365);

  private final SecureRandom random = new SecureRandom();
  private Subjects subject;

  @BeforeEach
  void makeSubject() {
    subject = subject();
  }

  @Test
  void serversGetCertificatesAndClientsTheirCa() throws Exception {
    subject.apply(ON);
    subject.awaitReady();

    var ca = content(Names.AUTHORITY).orElseThrow();
    assertThat(ca).containsOnlyKeys("tls.crt", "tls.key");
    for (var server : List.of(Names.POSTGRES, Names.REDIS)) {
      var content = content(Names.certificate(server)).orElseThrow();
      assertThat(content).containsOnlyKeys("ca.crt", "tls.crt", "tls.key");
      assertThat(content.get("ca.crt")).isEqualTo(ca.get("tls.crt"));
      var certificate = Pem.certificates(content.get("tls.crt")).getFirst();
      certificate.verify(Pem.certificates(ca.get("tls.crt")).getFirst().getPublicKey());
      assertThat(certificate.getSubjectAlternativeNames())
          .extracting(name -> String.valueOf(name.get(1)))
          .contains("%s.%s.svc".formatted(server, subject.names.dataNamespace()));
    }
    assertThat(trusted()).hasSize(2).allMatch(ca.get("tls.crt")::equals);
    assertThat(everythingBut(Names.AUTHORITY)).doesNotContain(ca.get("tls.key"));
    assertThat(subject.decoded(subject.names.apiNamespace()).get(Names.DATABASE_URL))
        .endsWith("?sslmode=verify-full");
    assertThat(subject.decoded(subject.names.consumerNamespace()).get(Names.REDIS_URL))
        .startsWith("rediss://");

    var before = versions();
    operator.close();
    operator = start();
    subject.apply("{tls: {enabled: true}, frontend: {replicas: 2}}");
    subject.awaitReady();
    assertThat(versions()).as("what is there is kept, also by another operator").isEqualTo(before);
  }

  @Test
  void aCertificateIsRenewedInTimeWithNobodyAskingAndNoPodRolling() throws Exception {
    subject.apply(ON);
    subject.awaitReady();
    var ca = authority();
    var templates = templates();
    var almostDue = Instant.now().minus(SERVER_RENEWED_AT).plusSeconds(6);
    var names = subject.names.dnsNames(Names.REDIS);
    var ageing = ca.issue(Names.REDIS, names, almostDue, random).text();
    put(
        Names.certificate(Names.REDIS),
        Map.of("tls.crt", ageing.certificate(), "tls.key", ageing.key()));

    await("renewal")
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(certificateOf(Names.REDIS).certificate())
                    .isNotEqualTo(ageing.certificate()));
    assertThat(Instant.now())
        .as("not before it is due")
        .isAfterOrEqualTo(almostDue.plus(SERVER_RENEWED_AT).minusSeconds(1));
    assertThat(authority().current()).isEqualTo(ca.current());
    assertThat(ca.accepts(identity(Names.REDIS), names, Instant.now())).isTrue();
    assertThat(templates()).isEqualTo(templates);
  }

  @Test
  void clientsLearnOfTheNextCaBeforeItSigns() throws Exception {
    subject.apply(ON);
    subject.awaitReady();
    var old = Authority.create(subject.name, Instant.now().minus(CA_RENEWED_AT), random);
    put(Names.AUTHORITY, text(old.current(), "tls"));
    await("both trusted")
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(trusted())
                    .allSatisfy(pem -> assertThat(Pem.certificates(pem)).hasSize(2)));
    assertThat(authority().current()).isEqualTo(old.current());
    await("still the old one signs")
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(isSignedBy(old.current(), Names.REDIS)).isTrue());

    var next =
        Authority.create(subject.name, Instant.now().minus(Duration.ofDays(1)), random).current();
    put(Names.AUTHORITY, text(next, "next"));
    await("the next one signs")
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              assertThat(isSignedBy(next, Names.REDIS)).isTrue();
              assertThat(isSignedBy(next, Names.POSTGRES)).isTrue();
            });
    assertThat(authority().current()).isEqualTo(next);
    assertThat(trusted())
        .allSatisfy(
            pem ->
                assertThat(Pem.certificates(pem))
                    .contains(next.certificate(), old.current().certificate()));
  }

  @Test
  void whatIsDeletedOrDamagedIsReCreated() {
    subject.apply(ON);
    subject.awaitReady();
    var ca = authority();
    var names = subject.names.dnsNames(Names.POSTGRES);
    secret(Names.certificate(Names.POSTGRES)).orElseThrow();
    client
        .secrets()
        .inNamespace(subject.names.dataNamespace())
        .withName(Names.certificate(Names.POSTGRES))
        .delete();
    await("created again")
        .atMost(Subjects.SOON)
        .ignoreExceptions()
        .until(() -> ca.accepts(identity(Names.POSTGRES), names, Instant.now()));

    put(Names.certificate(Names.POSTGRES), Map.of("tls.key", "rubbish"));
    await("fixed")
        .atMost(Subjects.SOON)
        .ignoreExceptions()
        .until(() -> ca.accepts(identity(Names.POSTGRES), names, Instant.now()));
  }

  @Test
  void withoutTlsNobodyHasACa() {
    subject.apply(ON);
    subject.awaitReady();
    assertThat(trusted()).hasSize(2);
    subject.apply("{}");
    subject.awaitReady();
    await("pruned").atMost(Subjects.SOON).untilAsserted(() -> assertThat(trusted()).isEmpty());
    assertThat(subject.decoded(subject.names.apiNamespace()).get(Names.REDIS_URL))
        .startsWith("redis://");
  }

  @Test
  void redisIsSwitchedOnceAPodOfTheApiWaitsThatCanFollow() {
    subject.apply("{}");
    subject.awaitReady();
    var plain = checksum(subject, Names.REDIS);
    var before = checksum(subject, Names.API);
    report(subject.podOfTheApi(), true);
    // One that starts has seen the pod before it does anything.
    operator.close();
    operator = start();

    subject.apply(ON);
    await("the API's new template")
        .atMost(Subjects.SOON)
        .until(() -> !checksum(subject, Names.API).equals(before));
    // Had it not been left out, Redis would have come first.
    assertThat(checksum(subject, Names.REDIS)).isEqualTo(plain);

    report(subject.podOfTheApi(), false);
    await("Redis with TLS")
        .atMost(Subjects.SOON)
        .until(
            () -> {
              // PostgreSQL, too, has to be available again.
              subject.makePodsReady();
              return !checksum(subject, Names.REDIS).equals(plain);
            });
    subject.awaitReady();
  }

  @Test
  void certManagerIsAskedOnceItIsThereAndWaitedFor() throws Exception {
    var certManager = new CertManager(client);
    assumeThat(certManager.isInstalled()).isFalse();
    subject.apply("{tls: {enabled: true, issuerRef: {name: inside, kind: ClusterIssuer}}}");
    subject.awaitCondition("Ready", "False", "NotServed");
    assertThat(subject.condition("Degraded").orElseThrow().getMessage())
        .contains("install cert-manager", "issuerRef");
    assertThat(client.resources(StatefulSet.class).inAnyNamespace().list().getItems())
        .noneMatch(set -> set.getMetadata().getNamespace().equals(subject.names.dataNamespace()));

    certManager.install();
    try {
      subject.awaitCondition("Ready", "False", "CertificatePending");
      var requests =
          client
              .resources(Certificate.class)
              .inNamespace(subject.names.dataNamespace())
              .list()
              .getItems();
      assertThat(requests)
          .extracting(request -> request.getSpec().secretName())
          .containsExactlyInAnyOrder("postgres-tls", "redis-tls");
      assertThat(requests.getFirst().getSpec().issuerRef())
          .isEqualTo(new Certificate.IssuerRef("cert-manager.io", "ClusterIssuer", "inside"));
      assertThat(secret(Names.AUTHORITY)).as("no CA of its own").isEmpty();

      var issuer = Authority.create("issuer", Instant.now(), random);
      issue(certManager, issuer, Names.POSTGRES);
      issue(certManager, issuer, Names.REDIS);
      subject.awaitReady();
      assertThat(trusted()).hasSize(2).allMatch(Pem.of(issuer.trusted())::equals);

      var another = Authority.create("another", Instant.now(), random);
      issue(certManager, another, Names.POSTGRES);
      await("both trusted, as each server has its own")
          .atMost(Subjects.SOON)
          .untilAsserted(
              () ->
                  assertThat(trusted())
                      .allSatisfy(
                          pem ->
                              assertThat(Pem.certificates(pem))
                                  .containsExactlyInAnyOrder(
                                      issuer.current().certificate(),
                                      another.current().certificate())));
    } finally {
      subject.cleanUp();
      certManager.uninstall();
    }
  }

  /** A kubelet's word that a pod has started. */
  private static void report(Pod pod, boolean ready) {
    merge(
        pod,
        "status",
        ("{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"%s\"}],"
                + "\"containerStatuses\":[{\"name\":\"api\",\"image\":\"x\",\"imageID\":\"x\","
                + "\"ready\":%b,\"restartCount\":0,\"started\":true}]}}")
            .formatted(ready ? "True" : "False", ready));
  }

  private void issue(CertManager certManager, Authority issuer, String server) {
    var identity =
        issuer.issue(server, subject.names.dnsNames(server), Instant.now(), random).text();
    certManager.issue(
        subject.names.dataNamespace(),
        Names.certificate(server),
        Map.of(
            "tls.crt", identity.certificate(),
            "tls.key", identity.key(),
            "ca.crt", Pem.of(issuer.trusted())));
  }

  private boolean isSignedBy(Identity authority, String server) {
    return new Authority(authority, Optional.empty(), List.of())
        .accepts(identity(server), subject.names.dnsNames(server), Instant.now());
  }

  private static Map<String, String> text(Identity identity, String prefix) {
    return Map.of(
        prefix + ".crt", identity.text().certificate(), prefix + ".key", identity.text().key());
  }

  private Optional<Secret> secret(String name) {
    return Optional.ofNullable(
        client.secrets().inNamespace(subject.names.dataNamespace()).withName(name).get());
  }

  private Optional<Map<String, String>> content(String name) {
    return secret(name)
        .map(
            secret -> {
              var content = new TreeMap<String, String>();
              secret
                  .getData()
                  .forEach(
                      (key, value) ->
                          content.put(
                              key,
                              new String(
                                  Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
              return content;
            });
  }

  private Identity.Text certificateOf(String server) {
    var content = content(Names.certificate(server)).orElseThrow();
    return new Identity.Text(content.get("tls.crt"), content.get("tls.key"));
  }

  private Identity identity(String server) {
    return Identity.read(certificateOf(server)).orElseThrow();
  }

  private Authority authority() {
    var content = content(Names.AUTHORITY).orElseThrow();
    return new Authority(
        Identity.read(new Identity.Text(content.get("tls.crt"), content.get("tls.key")))
            .orElseThrow(),
        Optional.empty(),
        List.of());
  }

  /** Changes keys of a Secret, as somebody with access to it may. */
  private void put(String name, Map<String, String> content) {
    client
        .secrets()
        .inNamespace(subject.names.dataNamespace())
        .withName(name)
        .edit(
            secret -> {
              var builder = new SecretBuilder(secret);
              content.forEach(
                  (key, value) ->
                      builder.addToData(
                          key,
                          Base64.getEncoder()
                              .encodeToString(value.getBytes(StandardCharsets.UTF_8))));
              return builder.build();
            });
  }

  /** What clients trust, in each namespace where there is a client. */
  private List<String> trusted() {
    return client.resources(ConfigMap.class).inAnyNamespace().list().getItems().stream()
        .filter(map -> map.getMetadata().getName().equals(Names.AUTHORITY))
        .filter(map -> subject.names.namespaces().contains(map.getMetadata().getNamespace()))
        .map(map -> map.getData().get("ca.crt"))
        .toList();
  }

  private String everythingBut(String authority) {
    var text = new StringBuilder();
    for (var namespace : subject.names.namespaces()) {
      client.secrets().inNamespace(namespace).list().getItems().stream()
          .filter(secret -> !secret.getMetadata().getName().equals(authority))
          .flatMap(secret -> secret.getData().values().stream())
          .forEach(
              data ->
                  text.append(
                      new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8)));
      client.configMaps().inNamespace(namespace).list().getItems().stream()
          .flatMap(map -> map.getData().values().stream())
          .forEach(text::append);
    }
    return text.toString();
  }

  private Map<String, String> versions() {
    var versions = new TreeMap<String, String>();
    for (var name :
        List.of(
            Names.AUTHORITY, Names.certificate(Names.POSTGRES), Names.certificate(Names.REDIS))) {
      versions.put(name, secret(name).orElseThrow().getMetadata().getResourceVersion());
    }
    return versions;
  }

  private Map<String, Object> templates() {
    var templates = new TreeMap<String, Object>();
    client
        .resources(StatefulSet.class)
        .inNamespace(subject.names.dataNamespace())
        .list()
        .getItems()
        .forEach(set -> templates.put(set.getMetadata().getName(), set.getSpec().getTemplate()));
    return templates;
  }
}
