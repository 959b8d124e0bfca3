package dev.voting.local.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** This very JVM has them on its class path, as the runtimes' have. */
class ClusterNamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"redis.voting-data.svc", "postgres.voting-data.svc.cluster.local"})
  void aServiceIsOnTheLoopbackAddressAndKeepsItsName(String name) throws UnknownHostException {
    InetAddress[] found = InetAddress.getAllByName(name);
    assertThat(found).extracting(InetAddress::getHostAddress).containsExactly("127.0.0.1");
    assertThat(found[0].getHostName()).isEqualTo(name);
  }

  @Test
  void otherNamesAreWhereTheyAlwaysAre() throws UnknownHostException {
    assertThat(InetAddress.getByName("localhost").isLoopbackAddress()).isTrue();
    assertThat(InetAddress.getByName("192.0.2.1").getHostAddress()).isEqualTo("192.0.2.1");
  }
}
