package dev.voting.api.vote;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisConnectionException;

class RedisErrorsTest {

  @Test
  void describesACertificateThatIsNotAccepted() {
    SSLHandshakeException refused = new SSLHandshakeException("(certificate_unknown)");
    refused.initCause(
        new CertificateException("No subject alternative DNS name matching redis found."));
    assertThat(RedisErrors.describe(new JedisConnectionException(refused)))
        .isEqualTo("its certificate is for another host name");
  }

  @Test
  void describesErrorsWithoutTls() {
    assertThat(RedisErrors.describe(new JedisConnectionException(new SocketTimeoutException())))
        .isEqualTo("no answer in time");
  }
}
