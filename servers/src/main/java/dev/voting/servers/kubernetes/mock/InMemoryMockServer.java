package dev.voting.servers.kubernetes.mock;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.http.Dispatcher;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** fabric8's mock server with the API in memory behind it. */
public final class InMemoryMockServer extends KubernetesMockServer {

  private final StreamingMockWebServer web;
  private final Function<String, Config> config;

  /**
   * Makes one, to be started.
   *
   * @param api answers all that a test does not expect
   * @param config of clients, by the URL
   */
  public InMemoryMockServer(Dispatcher api, Function<String, Config> config) {
    this(api, config, new StreamingMockWebServer(), new ConcurrentHashMap<>());
  }

  private InMemoryMockServer(
      Dispatcher api,
      Function<String, Config> config,
      StreamingMockWebServer web,
      Map<ServerRequest, Queue<ServerResponse>> expected) {
    super(new Context(mapper()), web, expected, new ExpectationsFirst(expected, api), false);
    this.web = web;
    this.config = config;
  }

  /** Writes objects that a test expects as the client does. */
  private static ObjectMapper mapper() {
    ObjectMapper mapper = new ObjectMapper();
    new KubernetesSerialization(mapper, false);
    return mapper;
  }

  /** The API itself says which version and which paths it has. */
  @Override
  public void onStart() {
    // Nothing is expected.
  }

  @Override
  protected Config initConfig() {
    return config.apply(url(""));
  }

  /** Forgets what was asked and what is expected; the objects stay. */
  @Override
  public void reset() {
    super.reset();
    web.forgetRequests();
  }
}
