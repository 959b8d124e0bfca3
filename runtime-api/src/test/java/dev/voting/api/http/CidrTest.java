package dev.voting.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8,      10.255.255.255, true",
    "10.0.0.0/8,      11.0.0.0,       false",
    "10.1.2.0/23,     10.1.3.9,       true",
    "10.1.2.0/23,     10.1.4.0,       false",
    "192.0.2.7,       192.0.2.7,      true",
    "192.0.2.7,       192.0.2.8,      false",
    "192.0.2.128/25,  192.0.2.127,    false",
    "0.0.0.0/0,       203.0.113.1,    true",
    "0.0.0.0/0,       2001:db8::1,    false",
    "::/0,            2001:db8::1,    true",
    "2001:db8::/33,   2001:db8:7fff::1, true",
    "2001:db8::/33,   2001:db8:8000::1, false",
    "fd00::/8,        ::ffff:10.0.0.1,  false",
    "10.0.0.0/8,      ::ffff:10.0.0.1,  true"
  })
  void holdsTheAddressesThatShareItsPrefix(String block, String address, boolean inside) {
    assertThat(Cidr.parse(block).contains(InetAddress.ofLiteral(address))).isEqualTo(inside);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "10.0.0.0.0",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/x",
        "::/129",
        "/8"
      })
  void refusesWhatIsNoBlock(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse(text));
  }
}
