package dev.voting.api.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertificateExpiredException;
import java.sql.SQLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class PostgresTroubleTest {

  @Test
  void aCertificateThatIsNotAcceptedIsTold() {
    SSLHandshakeException refused = new SSLHandshakeException("PKIX path validation failed");
    refused.initCause(new CertificateExpiredException("NotAfter: yesterday"));
    assertThat(PostgresTrouble.describe(new SQLException("SSL error", "08006", refused)))
        .isEqualTo("its certificate has expired");
  }

  @Test
  void whatHasNothingToDoWithTlsIsToldByItsState() {
    assertThat(PostgresTrouble.describe(new SQLException("who are you", "28P01")))
        .isEqualTo("it refuses the user name or password");
  }
}
