package dev.voting.api.connections;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.api.connections.EventStreams.Announcement;
import dev.voting.api.connections.EventStreams.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams whose clients read, do not read, leave, and are too many. */
class EventStreamsTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofHours(1);

  private ServerSocketChannel server;
  private EventStreams streams;

  @BeforeEach
  void listen() throws IOException {
    server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void stop() throws IOException {
    streams.close();
    server.close();
  }

  private void start(int most, Duration maxAge, Duration patience) {
    streams = new EventStreams(most, maxAge, patience);
    streams.start();
  }

  /** A client that has seen that message, and takes little before it reads. */
  private Socket open(String seen) throws IOException {
    assertThat(streams.reserve()).isTrue();
    Socket client = new Socket();
    client.setReceiveBufferSize(4096);
    client.setSoTimeout((int) SOON.toMillis());
    client.connect(server.getLocalAddress());
    SocketChannel accepted = server.accept();
    streams.add(accepted, seen);
    return client;
  }

  private static String read(Socket client, int bytes) throws IOException {
    return new String(client.getInputStream().readNBytes(bytes), US_ASCII);
  }

  @Test
  void eachIsSentTheLatestAndWhoHasSeenItIsNot() throws Exception {
    start(10, LONG, LONG);
    streams.send(new Message("1", "one".getBytes(US_ASCII)));
    try (Socket first = open("");
        Socket other = open("1")) {
      assertThat(read(first, 8)).isEqualTo("3\r\none\r\n");
      streams.mention("hm".getBytes(US_ASCII));
      assertThat(read(first, 7)).isEqualTo("2\r\nhm\r\n");
      assertThat(read(other, 7)).isEqualTo("2\r\nhm\r\n");
      streams.send(new Message("2", "two".getBytes(US_ASCII)));
      assertThat(read(other, 8)).isEqualTo("3\r\ntwo\r\n");
    }
    await().atMost(SOON).until(() -> streams.size() == 0);
  }

  @Test
  void whoIsSlowGetsTheLatestOnceItReads() throws Exception {
    start(10, LONG, LONG);
    try (Socket slow = open("");
        Socket quick = open("")) {
      String large = "x".repeat(500_000);
      streams.send(new Message("1", large.getBytes(US_ASCII)));
      assertThat(read(quick, 500_009)).hasSize(500_009);
      streams.send(new Message("2", "two".getBytes(US_ASCII)));
      assertThat(read(quick, 8)).isEqualTo("3\r\ntwo\r\n");
      streams.send(new Message("3", "three".getBytes(US_ASCII)));
      assertThat(read(quick, 10)).isEqualTo("5\r\nthree\r\n");

      assertThat(read(slow, 500_009)).endsWith("x\r\n");
      assertThat(read(slow, 10)).isEqualTo("5\r\nthree\r\n");
    }
  }

  @Test
  void anAnnouncementComesFirst_alsoToWhomNothingElseIsToBeSent() throws Exception {
    start(10, LONG, LONG);
    try (Socket early = open("")) {
      streams.announce(announcement("poll"));
      assertThat(read(early, 9)).isEqualTo("4\r\npoll\r\n");
      streams.send(new Message("1", "one".getBytes(US_ASCII)));
      assertThat(read(early, 8)).isEqualTo("3\r\none\r\n");
    }
    try (Socket late = open("");
        Socket returned = open("1")) {
      assertThat(read(late, 17)).isEqualTo("4\r\npoll\r\n3\r\none\r\n");
      assertThat(read(returned, 9)).isEqualTo("4\r\npoll\r\n");
      streams.announce(announcement("poll2"));
      assertThat(read(late, 10)).isEqualTo("5\r\npoll2\r\n");
      assertThat(read(returned, 10)).isEqualTo("5\r\npoll2\r\n");
    }
  }

  @Test
  void anAnnouncementReachesWhoWasStalled_beforeTheLatest() throws Exception {
    start(10, LONG, LONG);
    try (Socket slow = open("");
        Socket quick = open("")) {
      streams.send(new Message("1", "x".repeat(500_000).getBytes(US_ASCII)));
      assertThat(read(quick, 500_009)).hasSize(500_009);
      streams.announce(announcement("poll"));
      assertThat(read(quick, 9)).isEqualTo("4\r\npoll\r\n");
      streams.announce(announcement("poll2"));
      assertThat(read(quick, 10)).isEqualTo("5\r\npoll2\r\n");
      streams.send(new Message("2", "two".getBytes(US_ASCII)));
      assertThat(read(quick, 8)).isEqualTo("3\r\ntwo\r\n");

      assertThat(read(slow, 500_009)).endsWith("x\r\n");
      assertThat(read(slow, 18)).isEqualTo("5\r\npoll2\r\n3\r\ntwo\r\n");
    }
  }

  private static Announcement announcement(String text) {
    return new Announcement(() -> text.getBytes(US_ASCII));
  }

  @Test
  void whoTakesNothingIsDisconnected_andOthersAreServedMeanwhile() throws Exception {
    start(10, LONG, Duration.ofMillis(500));
    try (Socket deaf = open("")) {
      streams.send(new Message("1", "x".repeat(2_000_000).getBytes(US_ASCII)));
      await().atMost(SOON).until(() -> streams.size() == 0);
      streams.send(new Message("2", "two".getBytes(US_ASCII)));
      try (Socket other = open("")) {
        assertThat(read(other, 8)).isEqualTo("3\r\ntwo\r\n");
      }
      assertThat(deaf.isClosed()).isFalse();
    }
  }

  @Test
  void eachEndsAtATimeOfItsOwn_asAnAnswerDoes() throws Exception {
    start(10, Duration.ofSeconds(2), LONG);
    long begun = System.nanoTime();
    try (Socket client = open("")) {
      assertThat(read(client, 5)).isEqualTo("0\r\n\r\n");
      assertThat(client.getInputStream().read()).isNegative();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(900));
    await().atMost(SOON).until(() -> streams.size() == 0);
  }

  @Test
  void whoTalksIsSentAway() throws Exception {
    start(10, LONG, LONG);
    try (Socket client = open("")) {
      client.getOutputStream().write('x');
      await().atMost(SOON).until(() -> streams.size() == 0);
    }
  }

  @Test
  void thereAreNoMoreThanThereMayBe() throws Exception {
    start(2, LONG, LONG);
    try (Socket first = open("");
        Socket second = open("")) {
      assertThat(streams.reserve()).isFalse();
      first.getOutputStream().write('x');
      await().atMost(SOON).until(() -> streams.size() == 1);
      assertThat(streams.reserve()).isTrue();
      assertThat(second.isClosed()).isFalse();
    }
  }

  @Test
  void theEndIsSent() throws Exception {
    start(10, LONG, LONG);
    streams.send(new Message("1", "one".getBytes(US_ASCII)));
    try (Socket client = open("")) {
      assertThat(read(client, 8)).isEqualTo("3\r\none\r\n");
      stop();
      assertThat(read(client, 100)).isEqualTo("0\r\n\r\n");
    }
  }
}
