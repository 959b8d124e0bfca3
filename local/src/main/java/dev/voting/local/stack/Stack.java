package dev.voting.local.stack;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.local.controllers.Controllers;
import dev.voting.local.errors.CommandException;
import dev.voting.local.errors.InvalidInput;
import dev.voting.local.ingress.IngressServer;
import dev.voting.local.manifest.Manifest;
import dev.voting.local.node.Kubelet;
import dev.voting.local.node.config.Addresses;
import dev.voting.local.node.config.Storage;
import dev.voting.local.programs.Children;
import dev.voting.local.programs.images.LocalImages;
import dev.voting.operator.run.VotingAppOperator;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Everything that `up` runs, started and stopped in order. */
public final class Stack implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Stack.class.getName());

  private static final String MANAGER = "votingapp";

  /** The ingress is closed by then, so no client waits for an answer. */
  private static final Duration SHORT_GRACE = Duration.ofSeconds(2);

  /** A killed process would leave its cache folder behind. */
  private static final FileSystemOptions NO_CACHE =
      new FileSystemOptions().setClassPathResolvingEnabled(false).setFileCachingEnabled(false);

  private final Workspace workspace;
  private final Path home;
  private final int wantedPort;
  private final int apiPort;
  private final Consumer<String> messages;

  /** What to undo, the last first. */
  private final Deque<Step> undo = new ArrayDeque<>();

  private InMemoryKubernetes kubernetes;
  private KubernetesClient client;
  private IngressServer ingress;
  private Instance instance;
  private volatile boolean closed;

  private record Step(String what, Action action) {}

  /** A step of stopping, which may fail. */
  @FunctionalInterface
  private interface Action {
    void run() throws Exception;
  }

  /**
   * @param workspace is closed with the stack
   * @param home the checkout
   * @param messages receives the lines for the terminal
   */
  public Stack(Workspace workspace, Path home, int port, int apiPort, Consumer<String> messages) {
    this.workspace = workspace;
    this.home = home;
    this.wantedPort = port;
    this.apiPort = apiPort;
    this.messages = messages;
    undo("workspace", workspace::close);
  }

  /**
   * Starts only the API, with the objects stored by the last run.
   *
   * @throws CommandException if its port is in use
   */
  public synchronized void startApi() throws IOException {
    if (closed) {
      return;
    }
    try {
      kubernetes = InMemoryKubernetes.listen(apiPort);
    } catch (IllegalStateException e) {
      throw new CommandException(e.getMessage() + ": choose another port with --api-port", e);
    }
    undo("API", kubernetes::close);
    client = kubernetes.client();
    undo("client", client::close);
    client.resource(VotingAppCrd.read()).create();
    if (workspace.isKept()) {
      Retained retained = new Retained(client, workspace.objects());
      retained.start();
      undo("retained objects", retained::close);
    }
  }

  /**
   * Starts everything that uses the API.
   *
   * @throws CommandException if the page's port is in use
   */
  public synchronized void start() throws IOException {
    if (closed) {
      return;
    }
    Children children = new Children(workspace.children(), workspace.temporaryRoot());
    undo("children", children::close);
    Vertx vertx = Vertx.vertx(new VertxOptions().setFileSystemOptions(NO_CACHE));
    undo("vertx", () -> vertx.close().toCompletionStage().toCompletableFuture().join());
    Kubelet kubelet =
        new Kubelet(
            client,
            new LocalImages(home, children, vertx),
            new Addresses(),
            new Storage(workspace.volumes()),
            workspace.pods(),
            messages);
    undo("pods", () -> stopInOrder(kubelet));
    kubernetes.podLogs(new KubeletLogs(kubelet));
    kubelet.start();
    Controllers controllers = new Controllers(client);
    undo("controllers", controllers::close);
    controllers.start();
    VotingAppOperator operator =
        VotingAppOperator.start(
            client,
            lost ->
                messages.accept(
                    "the operator lost its connection to the API: " + lost.getMessage()));
    undo("operator", operator::close);
    ingress = ingress(vertx);
    undo("ingress", ingress::close);
    instance = Instance.announce(ingress.port(), workspace.log(), kubernetes::writeKubeconfig);
    children.removeAlso(instance.directory());
    undo("announcement", instance::withdraw);
  }

  /**
   * Checks by a dry-run that the API accepts the objects of a file.
   *
   * @throws InvalidInput if it does not
   */
  public void check(Manifest manifest) {
    List<String> refusals = new ArrayList<>();
    for (HasMetadata object : manifest.objects()) {
      try {
        client.resource(object).dryRun().fieldManager(MANAGER).forceConflicts().serverSideApply();
      } catch (KubernetesClientException e) {
        refusals.add(Manifest.refusal(object, e));
      }
    }
    if (!refusals.isEmpty()) {
      throw new InvalidInput(
          String.join(
              "\n",
              String.join("\n", refusals)
                  .lines()
                  .map(line -> manifest.file() + ": " + line)
                  .toList()));
    }
  }

  /** Applies the objects of a file. */
  public void apply(Manifest manifest) {
    manifest
        .objects()
        .forEach(
            object ->
                client.resource(object).fieldManager(MANAGER).forceConflicts().serverSideApply());
  }

  /** Whether the operator reports this VotingApp as ready. */
  public boolean isReady(String votingApp) {
    VotingApp app = client.resources(VotingApp.class).withName(votingApp).get();
    return app != null && ReadyChanges.isReady(app);
  }

  /** Reports changes of the VotingApps from now on. */
  public synchronized void report(ResourceEventHandler<VotingApp> changes) {
    if (!closed) {
      SharedIndexInformer<VotingApp> informer = client.resources(VotingApp.class).inform(changes);
      undo("report", informer::close);
    }
  }

  /** Whether it is being stopped, so that failures can be ignored. */
  public boolean isClosed() {
    return closed;
  }

  /** Whether more than the API has been started. */
  public boolean isStarted() {
    return instance != null;
  }

  public KubernetesClient client() {
    return client;
  }

  /** The port of the page. */
  public int port() {
    return ingress.port();
  }

  public Path kubeconfig() {
    return instance.kubeconfig();
  }

  /** Stops everything; a failed step does not prevent the others. */
  @Override
  public void close() {
    closed = true;
    undoAll();
  }

  private synchronized void undoAll() {
    while (!undo.isEmpty()) {
      Step step = undo.pop();
      try {
        step.action().run();
      } catch (Exception e) {
        LOG.log(System.Logger.Level.WARNING, "while stopping " + step.what(), e);
      }
    }
  }

  private void undo(String what, Action action) {
    undo.push(new Step(what, action));
  }

  /** Clients of the servers stop first, so that they log no lost connection. */
  private static void stopInOrder(Kubelet kubelet) {
    kubelet.freeze();
    kubelet.stop(pod -> !isStateful(pod), SHORT_GRACE);
    kubelet.close();
  }

  private static boolean isStateful(Pod pod) {
    return Optional.ofNullable(pod.getMetadata().getOwnerReferences()).orElse(List.of()).stream()
        .anyMatch(owner -> owner.getKind().equals("StatefulSet"));
  }

  private IngressServer ingress(Vertx vertx) throws IOException {
    try {
      return new IngressServer(client, vertx, "localhost", wantedPort);
    } catch (BindException e) {
      throw new CommandException(
          "cannot listen on port "
              + wantedPort
              + " ("
              + e.getMessage()
              + "): choose another with --port",
          e);
    }
  }
}
