package dev.voting.operator.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

class AuthorityTest {

  private static final List<String> NAMES =
      List.of("postgres.voting-data.svc", "postgres.voting-data.svc.cluster.local");

  private final SecureRandom random = new SecureRandom();
  private final Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private final Authority authority = Authority.create("voting", now, random);
  private final Identity server = authority.issue("postgres", NAMES, now, random);

  @Test
  void theServersCertificateIsOneThatAClientAccepts() throws Exception {
    verify(server.certificate(), authority.trusted(), now);
    verify(server.certificate(), authority.trusted(), now.plus(Duration.ofDays(89)));
    assertThat(server.certificate().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(server.certificate().getBasicConstraints()).as("no CA").isEqualTo(-1);
    assertThat(server.certificate().getPublicKey().getAlgorithm()).isEqualTo("EC");
    assertThat(server.certificate().getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactlyElementsOf(NAMES);
  }

  @Test
  void theJdksOwnClientVerifiesTheHostName() throws Exception {
    var present = Instant.now();
    var ca = Authority.create("voting", present, random);
    var identity = ca.issue("postgres", NAMES, present, random);

    assertThat(handshake(identity, ca, "postgres.voting-data.svc")).isEqualTo("TLSv1.3");
    assertThatThrownBy(() -> handshake(identity, ca, "redis.voting-data.svc"))
        .isInstanceOf(SSLHandshakeException.class)
        .hasMessageContaining("redis.voting-data.svc");
    assertThatThrownBy(
            () ->
                handshake(
                    identity,
                    Authority.create("voting", present, random),
                    "postgres.voting-data.svc"))
        .isInstanceOf(SSLHandshakeException.class);
  }

  @Test
  void aCertificateThatHasEndedOrIsOfAnotherCaIsRefused() {
    assertThatThrownBy(
            () -> verify(server.certificate(), authority.trusted(), now.plus(Duration.ofDays(91))))
        .isInstanceOf(CertPathValidatorException.class);
    assertThatThrownBy(
            () ->
                verify(
                    server.certificate(), Authority.create("voting", now, random).trusted(), now))
        .isInstanceOf(CertPathValidatorException.class);
  }

  @Test
  void aServersCertificateIsRenewedAfterTwoThirdsOfItsLife() {
    assertThat(Authority.dueOf(server)).isEqualTo(now.plus(Duration.ofDays(60)));
    assertThat(authority.accepts(server, NAMES, now.plus(Duration.ofDays(60)).minusSeconds(1)))
        .isTrue();
    assertThat(authority.accepts(server, NAMES, now.plus(Duration.ofDays(60)))).isFalse();
  }

  @Test
  void aCertificateForOtherNamesOrOfAnotherCaWillNotDo() {
    assertThat(authority.accepts(server, List.of("redis.voting-data.svc"), now)).isFalse();
    assertThat(Authority.create("voting", now, random).accepts(server, NAMES, now)).isFalse();
  }

  @Test
  void untilAStepIsDueNothingChanges() {
    assertThat(authority.due()).isEqualTo(now.plus(Authority.LIFE).minus(Duration.ofDays(365)));
    assertThat(authority.at("voting", authority.due().minusSeconds(1), random))
        .isEqualTo(authority);
  }

  @Test
  void clientsTrustTheNextCaBeforeItSignsAndTheOldOneAfterwards() throws Exception {
    var announced = authority.due();
    var overlapping = authority.at("voting", announced, random);
    assertThat(overlapping.current()).isEqualTo(authority.current());
    assertThat(overlapping.trusted()).hasSize(2).contains(authority.current().certificate());
    assertThat(overlapping.accepts(server(announced, overlapping), NAMES, announced)).isTrue();

    var switching = overlapping.due();
    assertThat(switching)
        .isBetween(announced.plus(Duration.ofHours(23)), announced.plus(Duration.ofDays(1)));
    assertThat(overlapping.at("voting", switching.minusSeconds(1), random)).isEqualTo(overlapping);
    var switched = overlapping.at("voting", switching, random);
    assertThat(switched.current()).isEqualTo(overlapping.next().orElseThrow());

    // Whoever has the newest list accepts both servers, whoever has the older one too.
    var before = server(announced, overlapping);
    var after = server(switching, switched);
    for (var trusted : List.of(overlapping.trusted(), switched.trusted())) {
      verify(before.certificate(), trusted, switching);
      verify(after.certificate(), trusted, switching);
    }
    assertThat(switched.accepts(before, NAMES, switching)).as("is issued again").isFalse();

    var end = authority.current().end();
    assertThat(switched.due()).isEqualTo(end);
    var settled = switched.at("voting", end, random);
    assertThat(settled.trusted()).containsExactly(switched.current().certificate());
    assertThat(settled.due()).isAfter(end);
  }

  @Test
  void aCaThatEndedWhileNobodyLookedIsReCreated() {
    var late = authority.current().end();
    var renewed = authority.at("voting", late, random);
    assertThat(renewed.current()).isNotEqualTo(authority.current());
    assertThat(renewed.trusted()).containsExactly(renewed.current().certificate());
  }

  @Test
  void aLateOperatorStillHasClientsLearnOfTheNextCaFirst() {
    var late = authority.current().end().minus(Duration.ofHours(5));
    var overlapping = authority.at("voting", late, random);
    assertThat(overlapping.trusted()).hasSize(2);
    assertThat(overlapping.due()).isEqualTo(authority.current().end());
  }

  @Test
  void noCertificateOutlivesItsCa() {
    var late = authority.current().end().minus(Duration.ofDays(10));
    assertThat(authority.issue("postgres", NAMES, late, random).end())
        .isEqualTo(authority.current().end());
  }

  @Test
  void whatIsWrittenIsRead() {
    assertThat(Identity.read(server.text())).contains(server);
    assertThat(Identity.read(new Identity.Text("rubbish", server.text().key()))).isEmpty();
    assertThat(Identity.read(new Identity.Text(server.text().certificate(), "rubbish"))).isEmpty();
    assertThat(Identity.read(new Identity.Text("", ""))).isEmpty();
    assertThat(server.text().toString()).doesNotContain("PRIVATE");
  }

  @Test
  void theLongestNameStillFits() {
    var longest = "a".repeat(54);
    var subject = Authority.create(longest, now, random).current().certificate();
    assertThat(subject.getSubjectX500Principal().getName()).startsWith("CN=" + longest + " CA ");
  }

  private Identity server(Instant when, Authority issuer) {
    return issuer.issue("postgres", NAMES, when, random);
  }

  private static void verify(X509Certificate leaf, List<X509Certificate> trusted, Instant when)
      throws GeneralSecurityException {
    var parameters =
        new PKIXParameters(
            trusted.stream().map(ca -> new TrustAnchor(ca, null)).collect(Collectors.toSet()));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(when));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)), parameters);
  }

  /** Connects as somebody who looks for the host would; returns the protocol. */
  private static String handshake(Identity server, Authority trusted, String host)
      throws Exception {
    var keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "server", server.key(), new char[0], new X509Certificate[] {server.certificate()});
    var keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keyManagers.init(keys, new char[0]);
    var serverContext = SSLContext.getInstance("TLS");
    serverContext.init(keyManagers.getKeyManagers(), null, null);

    var anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    for (var ca : trusted.trusted()) {
      anchors.setCertificateEntry(ca.getSerialNumber().toString(), ca);
    }
    var trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trustManagers.init(anchors);
    var clientContext = SSLContext.getInstance("TLS");
    clientContext.init(null, trustManagers.getTrustManagers(), null);

    try (var listening =
        serverContext
            .getServerSocketFactory()
            .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var served =
          CompletableFuture.runAsync(
              () -> {
                try (var socket = listening.accept()) {
                  socket.getInputStream().transferTo(new ByteArrayOutputStream());
                } catch (IOException e) {
                  // The client reports it.
                }
              });
      try (var plain = listeningSocket(listening.getLocalPort());
          var socket =
              (SSLSocket)
                  clientContext
                      .getSocketFactory()
                      .createSocket(plain, host, listening.getLocalPort(), true)) {
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket.getSession().getProtocol();
      } finally {
        served.cancel(true);
      }
    }
  }

  private static java.net.Socket listeningSocket(int port) throws IOException {
    return new java.net.Socket(InetAddress.getLoopbackAddress(), port);
  }
}
