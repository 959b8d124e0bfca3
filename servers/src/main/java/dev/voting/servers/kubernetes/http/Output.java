package dev.voting.servers.kubernetes.http;

/**
 * The connection of an answer that goes on. Any thread may write, and what it writes stays in
 * order.
 */
public interface Output {

  /** Sends the head, so that the client knows at once that the answer has begun. */
  void begin(String contentType);

  /** Sends a piece of the body, unless nobody listens any more. */
  void write(String text);

  /** Ends the body. */
  void end();

  /** Cuts the connection. */
  void cut();

  /** Has something done as soon as nobody listens any more, at once if so already. */
  void onClose(Runnable action);

  /** Whether nobody listens any more. */
  boolean isClosed();
}
