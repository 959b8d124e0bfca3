package dev.voting.local.node;

import dev.voting.local.machine.Trees;
import dev.voting.local.node.ContainerState.Waiting;
import dev.voting.local.node.config.Addresses;
import dev.voting.local.node.config.ContainerConfigException;
import dev.voting.local.programs.Images;
import dev.voting.local.programs.Program;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** One pod: its volumes, its containers and its status. */
final class PodWorker {
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final NodeServices services;
  private final Pod pod;
  private final Path directory;
  private final Instant startTime = Instant.now();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private final Object reporting = new Object();
  private final Object files = new Object();

  private List<ContainerWorker> inits = List.of();
  private List<ContainerWorker> containers = List.of();
  private Optional<Waiting> preparing = Optional.of(new Waiting("ContainerCreating", null));
  private PodStatus reported;
  private Thread thread;
  private boolean stopping;

  PodWorker(NodeServices services, Pod pod) {
    this.services = services;
    this.pod = pod;
    this.directory =
        services
            .logs()
            .pod(
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                pod.getMetadata().getUid());
  }

  Pod pod() {
    return pod;
  }

  /** Completed when all of its processes have ended and its files are removed. */
  CompletableFuture<Void> gone() {
    return gone;
  }

  /** The log file of one of its containers, of the current run or the one before. */
  synchronized Optional<Path> log(String container, boolean previous) {
    return Stream.concat(containers.stream(), inits.stream())
        .map(ContainerWorker::snapshot)
        .filter(snapshot -> container == null || snapshot.name().equals(container))
        .findFirst()
        .map(
            snapshot ->
                services
                    .logs()
                    .file(
                        PodLogs.container(directory, snapshot.name()),
                        snapshot.restarts() - (previous ? 1 : 0)))
        .filter(Files::isReadable);
  }

  /** Runs the pod once {@code before}, the previous pod of its name, has ended. */
  void start(CompletableFuture<Void> before) {
    thread =
        Thread.ofVirtual()
            .name("pod " + pod.getMetadata().getName())
            .start(
                () -> {
                  try {
                    before.get();
                    run();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  } catch (java.util.concurrent.ExecutionException e) {
                    services.log(pod.getMetadata().getName() + ": " + e.getCause().getMessage());
                  }
                });
  }

  /** Ends all containers, by force after the grace period, and removes the pod's files. */
  CompletableFuture<Void> stop(Duration grace) {
    List<ContainerWorker> running;
    synchronized (this) {
      if (stopping) {
        return gone;
      }
      stopping = true;
      running = Stream.concat(inits.stream(), containers.stream()).toList();
      thread.interrupt();
    }
    Thread.ofVirtual()
        .name("stop " + pod.getMetadata().getName())
        .start(
            () -> {
              try {
                List<Thread> ends = new ArrayList<>();
                for (ContainerWorker container : running) {
                  ends.add(Thread.startVirtualThread(() -> stop(container, grace)));
                }
                for (Thread end : ends) {
                  end.join();
                }
                thread.join();
                synchronized (files) {
                  Trees.delete(directory);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (IOException e) {
                services.log("cannot remove " + directory + ": " + e.getMessage());
              } finally {
                gone.complete(null);
              }
            });
    return gone;
  }

  private static void stop(ContainerWorker container, Duration grace) {
    try {
      container.stop(grace);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Brings the pod's Secrets and ConfigMaps up to date, while it runs. */
  void refresh() {
    synchronized (files) {
      if (isStopping() || Files.notExists(volumeDirectory())) {
        return;
      }
      try {
        services.volumes().refresh(pod, volumeDirectory());
      } catch (ContainerConfigException | IOException | KubernetesClientException e) {
        // The files stay as they are, as with a kubelet; the next change causes a retry.
        services.log(pod.getMetadata().getName() + ": its volumes stay: " + e.getMessage());
      }
    }
  }

  private Path volumeDirectory() {
    return directory.resolve("volumes");
  }

  private void run() throws InterruptedException {
    report();
    Optional<Map<String, Path>> volumes = Optional.empty();
    while (volumes.isEmpty()) {
      volumes = prepare();
    }
    Map<Integer, Integer> ports = awaitPorts();
    publish(ports);
    if (!initialise(volumes.orElseThrow(), ports)) {
      return;
    }
    List<ContainerWorker> workers =
        workers(pod.getSpec().getContainers(), false, volumes.orElseThrow(), ports);
    synchronized (this) {
      if (stopping) {
        return;
      }
      containers = workers;
      preparing = Optional.empty();
    }
    List<Thread> threads =
        workers.stream().map(worker -> Thread.startVirtualThread(worker::run)).toList();
    for (Thread worker : threads) {
      // A stop waits for the containers itself, so an interrupt must not end this wait early.
      joinUninterruptibly(worker);
    }
  }

  private List<ContainerWorker> workers(
      List<Container> specs,
      boolean initialise,
      Map<String, Path> volumes,
      Map<Integer, Integer> ports) {
    return specs.stream()
        .map(
            container ->
                new ContainerWorker(
                    services,
                    pod,
                    container,
                    volumes,
                    ports,
                    PodLogs.container(directory, container.getName()),
                    initialise,
                    this::report))
        .toList();
  }

  /** Runs the init containers, one after the other. Returns whether all of them succeeded. */
  private boolean initialise(Map<String, Path> volumes, Map<Integer, Integer> ports) {
    List<Container> specs =
        Optional.ofNullable(pod.getSpec().getInitContainers()).orElse(List.of());
    if (specs.isEmpty()) {
      return true;
    }
    synchronized (this) {
      if (stopping) {
        return false;
      }
      inits = workers(specs, true, volumes, ports);
      preparing = Optional.of(new Waiting("PodInitializing", null));
    }
    for (ContainerWorker init : inits) {
      joinUninterruptibly(Thread.startVirtualThread(init::run));
      if (!init.isCompleted()) {
        return false;
      }
    }
    return true;
  }

  private static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<Map<String, Path>> prepare() throws InterruptedException {
    String problem;
    try {
      synchronized (files) {
        return Optional.of(
            services.volumes().materialise(pod, Files.createDirectories(volumeDirectory())));
      }
    } catch (ContainerConfigException | IOException | KubernetesClientException e) {
      problem = e.getMessage();
    }
    synchronized (this) {
      preparing = Optional.of(new Waiting("ContainerCreating", problem));
    }
    report();
    Thread.sleep(RETRY);
    return Optional.empty();
  }

  /** As a kubelet, it tries again while the API server does not answer. */
  private Map<Integer, Integer> awaitPorts() throws InterruptedException {
    while (true) {
      try {
        return ports();
      } catch (KubernetesClientException e) {
        services.log(pod.getMetadata().getName() + ": its ports are not known: " + e.getMessage());
        Thread.sleep(RETRY);
      }
    }
  }

  /**
   * The loopback ports of all containers: those of the Service's name if the pod has one, else
   * free.
   */
  private Map<Integer, Integer> ports() {
    Map<Integer, Integer> ports = new TreeMap<>();
    for (Container container : pod.getSpec().getContainers()) {
      for (ContainerPort port : Optional.ofNullable(container.getPorts()).orElse(List.of())) {
        ports.computeIfAbsent(port.getContainerPort(), _ -> local(port));
      }
      if (services.images().find(container.getImage(), container.getName())
          instanceof Images.Found.Known(Program program)) {
        program
            .portVariables()
            .values()
            .forEach(port -> ports.computeIfAbsent(port, _ -> Addresses.free()));
      }
    }
    return ports;
  }

  /**
   * The first pod of a StatefulSet is what the set's headless Service resolves to; the spec says so
   * by hostname and subdomain.
   */
  private int local(ContainerPort port) {
    String subdomain = pod.getSpec().getSubdomain();
    String hostname = pod.getSpec().getHostname();
    if (subdomain == null || hostname == null || !hostname.endsWith("-0")) {
      return Addresses.free();
    }
    String namespace = pod.getMetadata().getNamespace();
    Service service = services.client().services().inNamespace(namespace).withName(subdomain).get();
    int outside =
        service == null
            ? port.getContainerPort()
            : service.getSpec().getPorts().stream()
                .filter(offered -> leadsTo(offered.getTargetPort(), offered.getPort(), port))
                .map(offered -> offered.getPort())
                .findFirst()
                .orElse(port.getContainerPort());
    return services.addresses().port(namespace, subdomain, outside);
  }

  private static boolean leadsTo(IntOrString target, int servicePort, ContainerPort port) {
    if (target == null || (target.getIntVal() == null && target.getStrVal() == null)) {
      return port.getContainerPort() == servicePort;
    }
    return target.getIntVal() != null
        ? target.getIntVal().equals(port.getContainerPort())
        : target.getStrVal().equals(port.getName());
  }

  /** Writes the ports into the pod, for the ingress and for users. */
  private void publish(Map<Integer, Integer> ports) throws InterruptedException {
    while (true) {
      try {
        services
            .client()
            .pods()
            .inNamespace(pod.getMetadata().getNamespace())
            .withName(pod.getMetadata().getName())
            .edit(
                current ->
                    new PodBuilder(current)
                        .editMetadata()
                        .addToAnnotations(PodPorts.ANNOTATION, PodPorts.write(ports))
                        .endMetadata()
                        .build());
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() == 404) {
          return;
        }
        Thread.sleep(RETRY);
      }
    }
  }

  /** Writes the status when it differs from what was last written. */
  private void report() {
    synchronized (reporting) {
      PodStatus status = PodStatuses.of(pod, reported, initSnapshots(), snapshots(), startTime);
      if (status.equals(reported)) {
        return;
      }
      try {
        Status.write(services.client(), pod, status);
        reported = status;
      } catch (KubernetesClientException e) {
        if (e.getCode() != 404 && e.getCode() != 422 && !isStopping()) {
          reportLater();
        }
      }
    }
  }

  private void reportLater() {
    Thread.startVirtualThread(
        () -> {
          try {
            Thread.sleep(RETRY);
            report();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private synchronized boolean isStopping() {
    return stopping;
  }

  private synchronized List<ContainerSnapshot> initSnapshots() {
    return inits.isEmpty()
        ? waiting(pod.getSpec().getInitContainers(), new Waiting("PodInitializing", null))
        : inits.stream().map(ContainerWorker::snapshot).toList();
  }

  private synchronized List<ContainerSnapshot> snapshots() {
    return preparing
        .map(reason -> waiting(pod.getSpec().getContainers(), reason))
        .orElseGet(() -> containers.stream().map(ContainerWorker::snapshot).toList());
  }

  private static List<ContainerSnapshot> waiting(List<Container> containers, Waiting reason) {
    return Optional.ofNullable(containers).orElse(List.of()).stream()
        .map(
            container ->
                new ContainerSnapshot(
                    container.getName(),
                    container.getImage(),
                    reason,
                    Optional.empty(),
                    0,
                    false,
                    false))
        .toList();
  }
}
