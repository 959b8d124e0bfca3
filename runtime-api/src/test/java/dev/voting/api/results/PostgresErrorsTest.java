package dev.voting.api.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertificateExpiredException;
import java.sql.SQLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class PostgresErrorsTest {

  @Test
  void describesACertificateThatIsNotAccepted() {
    SSLHandshakeException refused = new SSLHandshakeException("PKIX path validation failed");
    refused.initCause(new CertificateExpiredException("NotAfter: yesterday"));
    assertThat(PostgresErrors.describe(new SQLException("SSL error", "08006", refused)))
        .isEqualTo("its certificate has expired");
  }

  @Test
  void describesOtherErrorsByTheirState() {
    assertThat(PostgresErrors.describe(new SQLException("who are you", "28P01")))
        .isEqualTo("it refuses the user name or password");
  }
}
