package dev.voting.servers.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.api.Api;
import dev.voting.servers.kubernetes.api.PodLogs;
import dev.voting.servers.kubernetes.http.ApiDispatcher;
import dev.voting.servers.kubernetes.http.Fault;
import dev.voting.servers.kubernetes.http.HttpListener;
import dev.voting.servers.kubernetes.http.RecordedRequest;
import dev.voting.servers.kubernetes.http.RequestLog;
import dev.voting.servers.kubernetes.mock.InMemoryMockServer;
import dev.voting.servers.kubernetes.schema.ResourceTypes;
import dev.voting.servers.kubernetes.store.Collector;
import dev.voting.servers.kubernetes.store.KindsFromCrds;
import dev.voting.servers.kubernetes.store.Store;
import dev.voting.servers.kubernetes.wire.Json;
import dev.voting.servers.kubernetes.wire.Request;
import dev.voting.servers.kubernetes.write.AccessReview;
import dev.voting.servers.kubernetes.write.Admission;
import dev.voting.servers.kubernetes.write.Target;
import dev.voting.servers.kubernetes.write.Writes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A Kubernetes API, with nothing behind it but memory: for running the whole system on one machine,
 * and for tests. It stores objects of the kinds that the operator uses, and of those that
 * CustomResourceDefinitions add, with the semantics that a controller and kubectl rely on:
 * server-side apply with field ownership, watches without gaps, selectors, status subresources,
 * defaults and immutable fields of the built-in kinds, schemas and CEL rules of custom ones, owner
 * references and namespaces. The CRDs of the Gateway API are installed. No controllers run: nobody
 * makes pods.
 *
 * <p>It is a dispatcher of fabric8's mock server. {@link #start()} puts it behind that server,
 * extended so that it streams; any other {@link KubernetesMockServer} can have it too, and then
 * lacks what streams over HTTP. {@link #listen} does without that server.
 *
 * <p>Safe to share between threads.
 */
public final class InMemoryKubernetes extends Dispatcher implements AutoCloseable {

  private static final String NOBODY = "nothing listens but the server that this was given to";

  /** How it is reached, and what ends that. */
  private record Door(String url, Optional<KubernetesMockServer> mockServer, Runnable close) {}

  private final Store store = new Store();
  private final ResourceTypes types = new ResourceTypes();
  private final Collector collector;
  private final ApiDispatcher api;
  private final Writes writes;
  private volatile PodLogs podLogs = (namespace, pod, options) -> "";
  private volatile Optional<Door> door = Optional.empty();

  /** Makes one to be given to a {@link KubernetesMockServer}. */
  public InMemoryKubernetes() {
    store.listen(new KindsFromCrds(types, store)::onChange);
    collector = new Collector(store, types);
    writes = new Writes(store, types, new Admission(store, types));
    for (String name : List.of("default", "kube-system", "kube-public", "kube-node-lease")) {
      addNamespace(name);
    }
    GatewayCrds.read().forEach(crd -> create("apiextensions.k8s.io", crd));
    api =
        new ApiDispatcher(
            new Api(store, types, writes, (namespace, pod, o) -> podLogs.read(namespace, pod, o)),
            store);
  }

  private void addNamespace(String name) {
    create("", new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build());
  }

  private void create(String group, HasMetadata object) {
    writes.create(
        new Target(types.find(group, "v1", object.getPlural()).orElseThrow(), "", "", ""),
        new KubernetesSerialization().convertValue(object, ObjectNode.class),
        new Request("POST", "", "", Map.of(), Map.of(), new byte[0]));
  }

  /**
   * Starts one behind fabric8's mock server, on a free port.
   *
   * @return the running server
   */
  public static InMemoryKubernetes start() {
    InMemoryKubernetes kubernetes = new InMemoryKubernetes();
    InMemoryMockServer server = new InMemoryMockServer(kubernetes, InMemoryKubernetes::config);
    server.start();
    kubernetes.door = Optional.of(new Door(server.url(""), Optional.of(server), server::shutdown));
    return kubernetes;
  }

  /**
   * Starts one that listens by itself: nothing is expected or recorded for tests.
   *
   * @param port where on 127.0.0.1 to listen, 0 for any free port
   * @return the running server
   * @throws IllegalStateException when the port is taken
   */
  public static InMemoryKubernetes listen(int port) {
    InMemoryKubernetes kubernetes = new InMemoryKubernetes();
    try {
      HttpListener listener =
          new HttpListener(kubernetes, InetAddress.getLoopbackAddress(), port, Optional.empty());
      Runnable close =
          () -> {
            listener.close();
            kubernetes.shutdown();
          };
      kubernetes.door =
          Optional.of(new Door("http://127.0.0.1:" + listener.port(), Optional.empty(), close));
      return kubernetes;
    } catch (IllegalStateException e) {
      kubernetes.shutdown();
      throw e;
    }
  }

  @Override
  public MockResponse dispatch(io.fabric8.mockwebserver.http.RecordedRequest request) {
    return api.dispatch(request);
  }

  /** Ends what works behind the API. Whatever listens calls this when it closes. */
  @Override
  public void shutdown() {
    collector.close();
  }

  /**
   * The server that it is behind, where tests can say what else they expect.
   *
   * @return fabric8's mock server
   * @throws IllegalStateException when it was not started by {@link #start()}
   */
  public KubernetesMockServer mockServer() {
    return door.flatMap(Door::mockServer)
        .orElseThrow(() -> new IllegalStateException("there is no mock server in front"));
  }

  /**
   * Where it listens.
   *
   * @return such as {@code http://127.0.0.1:6443}
   */
  public String url() {
    return door.orElseThrow(() -> new IllegalStateException(NOBODY)).url();
  }

  /**
   * How a client reaches it.
   *
   * @return a configuration that looks at nothing else on the machine
   */
  public Config config() {
    return config(url());
  }

  private static Config config(String url) {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(url)
        .withNamespace("default")
        .withTrustCerts(true)
        // No cluster speaks HTTP/2 in clear text, and between these two the upgrade to it fails at
        // times: an answer's text is taken for a frame.
        .withHttp2Disable(true)
        // An answer out of memory is late only where the machine does much else.
        .withRequestTimeout(60_000)
        .build();
  }

  /**
   * A new client for it.
   *
   * @return the client, to be closed by the caller
   */
  public NamespacedKubernetesClient client() {
    return new KubernetesClientBuilder()
        .withConfig(config())
        .build()
        .adapt(NamespacedKubernetesClient.class);
  }

  /**
   * Writes a file by which kubectl reaches it.
   *
   * @param file where to write
   * @throws IOException when that fails
   */
  public void writeKubeconfig(Path file) throws IOException {
    ObjectNode config = Json.object().put("apiVersion", "v1").put("kind", "Config");
    ObjectNode cluster = config.putArray("clusters").addObject().put("name", "in-memory");
    cluster.putObject("cluster").put("server", url());
    config.putArray("users").addObject().put("name", "in-memory").putObject("user");
    ObjectNode context = config.putArray("contexts").addObject().put("name", "in-memory");
    context.putObject("context").put("cluster", "in-memory").put("user", "in-memory");
    config.put("current-context", "in-memory");
    Files.writeString(file, Serialization.asYaml(config));
  }

  /**
   * Says where {@code kubectl logs} reads.
   *
   * @param logs asked for each request
   */
  public void podLogs(PodLogs logs) {
    podLogs = logs;
  }

  /**
   * Has it look at owner references as the admission plugin {@code
   * OwnerReferencesPermissionEnforcement} does, which some distributions have on.
   *
   * @param allowed whether who asks may do what the plugin wants to know
   */
  public void protectOwners(Predicate<AccessReview> allowed) {
    writes.protectOwners(allowed);
  }

  /**
   * Records the requests that come from now on.
   *
   * @return the record, which grows until it is closed
   */
  public RequestLog record() {
    return api.record();
  }

  /**
   * Lets the next requests fail.
   *
   * @param matches which requests
   * @param times how many of them
   * @param status the HTTP status that they get; 0 cuts their connection
   */
  public void failNext(Predicate<RecordedRequest> matches, int times, int status) {
    failNext(matches, times, status, "an error made by a test");
  }

  /**
   * Lets the next requests fail.
   *
   * @param matches which requests
   * @param times how many of them
   * @param status the HTTP status that they get; 0 cuts their connection
   * @param message what the answer says, as that of a policy
   */
  public void failNext(Predicate<RecordedRequest> matches, int times, int status, String message) {
    api.add(new Fault(matches, times, status, message));
  }

  /**
   * Begins the answers of the next requests with their head, and never ends them.
   *
   * @param matches which requests
   * @param times how many of them
   */
  public void stallNext(Predicate<RecordedRequest> matches, int times) {
    failNext(matches, times, Fault.STALL);
  }

  /** Lets no more requests fail. */
  public void clearFaults() {
    api.clearFaults();
  }

  @Override
  public void close() {
    door.map(Door::close).ifPresentOrElse(Runnable::run, this::shutdown);
  }
}
