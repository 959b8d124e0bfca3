package dev.voting.servers.kubernetes.http;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** The requests since it was opened, until it is closed. */
public final class RequestLog implements AutoCloseable {

  private final Queue<RecordedRequest> requests = new ConcurrentLinkedQueue<>();
  private final CopyOnWriteArrayList<RequestLog> open;

  public RequestLog(CopyOnWriteArrayList<RequestLog> open) {
    this.open = open;
    open.add(this);
  }

  void add(RecordedRequest request) {
    requests.add(request);
  }

  /**
   * All requests so far, in the order in which they came.
   *
   * @return a copy
   */
  public List<RecordedRequest> all() {
    return List.copyOf(requests);
  }

  /** Forgets the requests so far. */
  public void clear() {
    requests.clear();
  }

  @Override
  public void close() {
    open.remove(this);
  }
}
