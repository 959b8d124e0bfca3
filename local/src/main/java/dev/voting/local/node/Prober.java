package dev.voting.local.node;

import dev.voting.local.programs.Running;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Executes one kind of probe against a running container, once per call. */
final class Prober {
  /** A busy laptop is slower than a cluster may be. */
  private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(5);

  private final HttpClient http;
  private final Container container;
  private final Map<Integer, Integer> ports;
  private final Running running;

  Prober(HttpClient http, Container container, Map<Integer, Integer> ports, Running running) {
    this.http = http;
    this.container = container;
    this.ports = ports;
    this.running = running;
  }

  /** Whether the container answers this probe now. */
  boolean passes(Probe probe) throws InterruptedException {
    Duration timeout = timeout(probe);
    try {
      if (probe.getHttpGet() != null) {
        return http(probe.getHttpGet(), timeout);
      }
      if (probe.getTcpSocket() != null) {
        return connects(port(probe.getTcpSocket().getPort()), timeout);
      }
      return running.answers(timeout);
    } catch (IOException e) {
      return false;
    }
  }

  private boolean http(HTTPGetAction action, Duration timeout)
      throws IOException, InterruptedException {
    String path = Optional.ofNullable(action.getPath()).orElse("/");
    URI uri =
        URI.create(
            "http://127.0.0.1:"
                + port(action.getPort())
                + (path.startsWith("/") ? path : "/" + path));
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(timeout);
    request.header("User-Agent", "kube-probe/local");
    Optional.ofNullable(action.getHttpHeaders()).orElse(List.of()).stream()
        .filter(header -> !header.getName().equalsIgnoreCase("Host"))
        .forEach(header -> request.header(header.getName(), header.getValue()));
    int status = http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    return status >= 200 && status < 400;
  }

  private static boolean connects(int port, Duration timeout) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), (int) timeout.toMillis());
      return true;
    }
  }

  private int port(IntOrString port) throws IOException {
    int inside =
        port.getIntVal() != null
            ? port.getIntVal()
            : container.getPorts().stream()
                .filter(named -> port.getStrVal().equals(named.getName()))
                .map(ContainerPort::getContainerPort)
                .findFirst()
                .orElseThrow(() -> new IOException("no port is named " + port.getStrVal()));
    return ports.getOrDefault(inside, inside);
  }

  private static Duration timeout(Probe probe) {
    Duration asked = Duration.ofSeconds(Optional.ofNullable(probe.getTimeoutSeconds()).orElse(1));
    return asked.compareTo(SHORTEST_TIMEOUT) < 0 ? SHORTEST_TIMEOUT : asked;
  }
}
