package dev.voting.local.programs.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voting.servers.process.TlsSockets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A few commands to a Redis of this machine whose answers are short. */
public final class RedisConversation implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader answers;

  private RedisConversation(Socket socket) throws IOException {
    this.socket = socket;
    this.answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  /**
   * Connects; the time-out is for that and for each answer.
   *
   * @param trust the CAs of the server's certificate, if it uses TLS
   */
  public static RedisConversation with(int port, Optional<RedisTrust> trust, Duration patience)
      throws IOException {
    Socket socket = new Socket();
    try {
      int millis = (int) patience.toMillis();
      socket.connect(new InetSocketAddress("127.0.0.1", port), millis);
      socket.setSoTimeout(millis);
      return new RedisConversation(
          trust.isPresent() ? TlsSockets.over(socket, trust.get().file()) : socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The raw answer, such as {@code +OK} or {@code -ERR …}. */
  public String ask(List<String> command) throws IOException {
    StringBuilder text = new StringBuilder("*" + command.size() + "\r\n");
    for (String word : command) {
      int length = word.getBytes(UTF_8).length;
      text.append('$').append(length).append("\r\n").append(word).append("\r\n");
    }
    socket.getOutputStream().write(text.toString().getBytes(UTF_8));
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("Redis closed the connection");
    }
    return answer;
  }

  /** The text that a command answers with; it is all ASCII. */
  String askText(List<String> command) throws IOException {
    String answer = ask(command);
    if (!answer.startsWith("$")) {
      throw new IOException(answer);
    }
    char[] text = new char[Integer.parseInt(answer.substring(1))];
    for (int read = 0; read < text.length; ) {
      int more = answers.read(text, read, text.length - read);
      if (more < 0) {
        throw new IOException("Redis closed the connection");
      }
      read += more;
    }
    answers.readLine();
    return new String(text);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
