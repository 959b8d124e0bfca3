package dev.voting.servers.kubernetes.mock;

import dev.voting.servers.kubernetes.http.HttpListener;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.HttpUrl;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.vertx.core.net.SelfSignedCertificate;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * fabric8's HTTP server with what it lacks: answers that go on, such as watches over plain HTTP and
 * logs that are followed, broken and stalled ones, and dispatchers that may take their time. Its
 * own {@code start} makes the whole server and lets nobody at it, so it is replaced.
 */
public final class StreamingMockWebServer extends MockWebServer {

  private static final Logger FABRIC8 = Logger.getLogger(MockWebServer.class.getName());

  private final BlockingQueue<RecordedRequest> requests = new LinkedBlockingQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private Dispatcher dispatcher;
  private boolean https;
  private InetAddress address;
  private Optional<SelfSignedCertificate> certificate = Optional.empty();
  private HttpListener listener;

  @Override
  public void setDispatcher(Dispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  @Override
  public void useHttps() {
    https = true;
  }

  @Override
  public synchronized void start(InetAddress address, int port) {
    if (this.address != null) {
      throw new IllegalStateException("start() already called");
    }
    this.address = address;
    closeVertxOfFabric8();
    if (https) {
      certificate = Optional.of(SelfSignedCertificate.create(getHostName()));
    }
    listener = new HttpListener(new Recording(), address, port, certificate);
  }

  /** Its constructor has begun a Vert.x that nothing but a shutdown after a start ends. */
  private void closeVertxOfFabric8() {
    // Else it says so on stderr.
    FABRIC8.setLevel(Level.WARNING);
    super.start(address, 0);
    super.shutdown();
  }

  @Override
  public synchronized void shutdown() {
    if (listener != null) {
      dispatcher.shutdown();
      listener.close();
    }
  }

  private void startIfNeeded() {
    if (address == null) {
      start();
    }
  }

  @Override
  public synchronized int getPort() {
    startIfNeeded();
    return listener.port();
  }

  /** An address, as "localhost" is two of them on many machines. */
  @Override
  public synchronized String getHostName() {
    startIfNeeded();
    return address.getHostAddress();
  }

  @Override
  public HttpUrl url(String path) {
    return HttpUrl.parse(
        (https ? "https" : "http")
            + "://"
            + getHostName()
            + ":"
            + getPort()
            + (path.startsWith("/") ? "" : "/")
            + path);
  }

  @Override
  public SelfSignedCertificate getSelfSignedCertificate() {
    return certificate.orElse(null);
  }

  @Override
  public RecordedRequest takeRequest() throws InterruptedException {
    return requests.take();
  }

  @Override
  public RecordedRequest takeRequest(long timeout, TimeUnit unit) throws InterruptedException {
    return requests.poll(timeout, unit);
  }

  @Override
  public int getRequestCount() {
    return count.get();
  }

  /** What {@link #reset()} does, which is final, for the requests that are recorded here. */
  void forgetRequests() {
    count.set(0);
    requests.clear();
  }

  private final class Recording extends Dispatcher {
    @Override
    public MockResponse dispatch(RecordedRequest request) {
      count.incrementAndGet();
      requests.add(request);
      return dispatcher.dispatch(request);
    }
  }
}
