package dev.voting.api.vote;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisConnectionException;

class RedisTroubleTest {

  @Test
  void aCertificateThatIsNotAcceptedIsTold() {
    SSLHandshakeException refused = new SSLHandshakeException("(certificate_unknown)");
    refused.initCause(
        new CertificateException("No subject alternative DNS name matching redis found."));
    assertThat(RedisTrouble.describe(new JedisConnectionException(refused)))
        .isEqualTo("its certificate is for another host name");
  }

  @Test
  void whatHasNothingToDoWithTlsIsTold() {
    assertThat(RedisTrouble.describe(new JedisConnectionException(new SocketTimeoutException())))
        .isEqualTo("no answer in time");
  }
}
