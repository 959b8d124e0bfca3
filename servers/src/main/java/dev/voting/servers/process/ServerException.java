package dev.voting.servers.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A server did not start; the message says why, with the last lines of its log. */
public final class ServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LAST_LINES = 8;

  public ServerException(String message) {
    super(message);
  }

  public ServerException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }

  /** Adds the end of the server's log to the message. */
  public static ServerException withLog(String message, Path log) {
    try {
      List<String> lines =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      List<String> last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
      return new ServerException(message + ": " + String.join(" | ", last));
    } catch (IOException e) {
      return new ServerException(message + " (no log at " + log + ")");
    }
  }
}
