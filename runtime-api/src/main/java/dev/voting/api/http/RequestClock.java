package dev.voting.api.http;

import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;

/** Starts a request's deadline with its first line. */
public final class RequestClock implements Http1ConnectionListener {
  private final Deadlines deadlines;

  public RequestClock(Deadlines deadlines) {
    this.deadlines = deadlines;
  }

  @Override
  public void prologue(ConnectionContext connection, HttpPrologue prologue) {
    deadlines.begin();
  }
}
