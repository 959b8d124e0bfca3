package dev.voting.local.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  private final Addresses addresses = new Addresses();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis.voting-data.svc:6379",
        "redis.voting-data.svc.cluster.local:6379",
        "redis-0.redis.voting-data.svc:6379",
        "redis.voting-data.svc.:6379"
      })
  void everyNameOfAServiceIsOneAddress(String name) {
    int port = addresses.port("voting-data", "redis", 6379);
    assertThat(addresses.translate("redis://:p%40ss@" + name + "/0"))
        .isEqualTo("redis://:p%40ss@127.0.0.1:" + port + "/0");
  }

  @Test
  void aNameStaysForThoseWhoFindIt() {
    int port = addresses.port("voting-data", "redis", 6379);
    assertThat(addresses.translatePorts("rediss://:p@redis.voting-data.svc:6379/0"))
        .isEqualTo("rediss://:p@redis.voting-data.svc:" + port + "/0");
  }

  @Test
  void servicesPortsAndNamespacesAreDistinguished() {
    assertThat(addresses.port("a", "redis", 6379))
        .isEqualTo(addresses.port("a", "redis", 6379))
        .isNotEqualTo(addresses.port("b", "redis", 6379))
        .isNotEqualTo(addresses.port("a", "redis", 6380));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://u:p@db.example.com:5432/votes",
        "redis://cache:6379",
        "redis.voting-data.svc",
        "host.redis.voting-data.svc.example.com:6379",
        "svc:80"
      })
  void otherAddressesStay(String text) {
    assertThat(addresses.translate(text)).isEqualTo(text);
  }
}
