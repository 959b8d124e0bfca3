package dev.voting.local.node;

import dev.voting.local.machine.Brief;
import dev.voting.local.node.ContainerState.Terminated;
import dev.voting.local.node.ContainerState.Waiting;
import dev.voting.local.node.config.ContainerConfigException;
import dev.voting.local.node.config.Expansion;
import dev.voting.local.node.config.Volumes;
import dev.voting.local.programs.Images;
import dev.voting.local.programs.Launch;
import dev.voting.local.programs.Mounts;
import dev.voting.local.programs.Program;
import dev.voting.local.programs.Running;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One container of one pod: starts it, probes it, restarts it when it ends. */
final class ContainerWorker {
  private static final Duration CONFIG_RETRY = Duration.ofSeconds(1);
  private static final String SCRATCH = "scratch";

  /** Until a container's first answer, it is probed more often than its probe's period. */
  private static final Duration FIRST_PROBES = Duration.ofMillis(150);

  /** The longest reason of a message, in characters. */
  private static final int LINE = 160;

  private final NodeServices services;
  private final Pod pod;
  private final Container container;
  private final Map<String, Path> volumes;
  private final Map<Integer, Integer> ports;
  private final Path directory;
  private final boolean initialises;
  private final Runnable changed;
  private final Backoff backoff = new Backoff();

  private ContainerSnapshot snapshot;
  private Thread thread;
  private Running running;
  private boolean stopping;

  /**
   * @param volumes the pod's volumes by name
   * @param ports the port of 127.0.0.1 for each port inside the container
   * @param directory for this container's own files and logs
   * @param initialises whether it is an init container, which has to succeed once
   * @param changed called after every change of the snapshot
   */
  ContainerWorker(
      NodeServices services,
      Pod pod,
      Container container,
      Map<String, Path> volumes,
      Map<Integer, Integer> ports,
      Path directory,
      boolean initialises,
      Runnable changed) {
    this.services = services;
    this.pod = pod;
    this.container = container;
    this.volumes = volumes;
    this.ports = ports;
    this.directory = directory;
    this.initialises = initialises;
    this.changed = changed;
    this.snapshot =
        new ContainerSnapshot(
            container.getName(),
            container.getImage(),
            new Waiting("ContainerCreating", null),
            Optional.empty(),
            0,
            false,
            false);
  }

  synchronized ContainerSnapshot snapshot() {
    return snapshot;
  }

  /** Whether it has succeeded. */
  boolean isCompleted() {
    return snapshot().state() instanceof Terminated end && end.exitCode() == 0;
  }

  /** Runs the container until it has ended for good or is stopped. */
  void run() {
    synchronized (this) {
      if (stopping) {
        return;
      }
      thread = Thread.currentThread();
    }
    try {
      while (runOnce()) {
        continue;
      }
    } catch (InterruptedException e) {
      // Stopped while it was waiting; there is no process to end.
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the container, by force after the grace period, and returns when it has ended. */
  void stop(Duration grace) throws InterruptedException {
    Running current;
    synchronized (this) {
      stopping = true;
      current = running;
      if (current == null && thread != null) {
        thread.interrupt();
      }
      snapshot = with(snapshot.state(), snapshot.started(), false);
    }
    if (current != null) {
      end(current, grace);
    }
  }

  private static void end(Running program, Duration grace) throws InterruptedException {
    program.terminate();
    try {
      program.exit().get(grace.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      program.kill();
      program.exit().join();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot get the exit code of " + program, e.getCause());
    }
  }

  /** One run of the container. Returns whether to restart it. */
  private boolean runOnce() throws InterruptedException {
    Program program;
    switch (services.images().find(container.getImage(), component())) {
      case Images.Found.Known known -> program = known.program();
      case Images.Found.Unknown unknown -> {
        return awaitImage(unknown.message());
      }
    }
    Instant start = Instant.now();
    Running started;
    try {
      started = program.start(launch(program));
    } catch (ContainerConfigException e) {
      update(new Waiting(e.reason(), e.getMessage()), false, false);
      Thread.sleep(CONFIG_RETRY);
      return true;
    } catch (IOException e) {
      update(new Waiting("RunContainerError", e.getMessage()), false, false);
      services.log(name() + " cannot start: " + Brief.of(String.valueOf(e.getMessage()), LINE));
      Thread.sleep(backoff.after(Duration.ZERO));
      return true;
    }
    synchronized (this) {
      running = started;
    }
    if (stopping()) {
      end(started, Duration.ZERO);
      return false;
    }
    update(new ContainerState.Running(start, started.pid()), false, false);
    Thread probes =
        Thread.ofVirtual()
            .name("probes " + name())
            .start(
                () -> {
                  if (!initialises) {
                    probe(started);
                  }
                });
    int code = exitCode(started);
    probes.interrupt();
    probes.join();
    return ended(code, start, started.pid());
  }

  private boolean awaitImage(String message) throws InterruptedException {
    update(new Waiting("ErrImagePull", message), false, false);
    Thread.sleep(Duration.ofSeconds(2));
    update(new Waiting("ImagePullBackOff", message), false, false);
    // The images do not change while the node runs, so only the end of the pod ends this wait.
    while (true) {
      Thread.sleep(Duration.ofHours(1));
    }
  }

  private static int exitCode(Running program) throws InterruptedException {
    try {
      return program.exit().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot get the exit code of " + program, e.getCause());
    }
  }

  /** Records the termination. Returns whether to restart the container. */
  private boolean ended(int code, Instant start, OptionalLong pid) throws InterruptedException {
    Terminated end = new Terminated(code, lastWords(code), start, Instant.now(), pid);
    boolean again;
    synchronized (this) {
      running = null;
      again = !stopping && restarts(code);
    }
    update(end, false, initialises && code == 0);
    if (!again) {
      return false;
    }
    Duration wait = backoff.after(Duration.between(start, end.finishedAt()));
    services.log(name() + " ended with exit code " + code + ", starting it again");
    if (snapshot().restarts() > 0) {
      update(
          new Waiting(
              "CrashLoopBackOff",
              "back-off %d ms restarting failed container=%s"
                  .formatted(wait.toMillis(), container.getName())),
          false,
          false);
    }
    Thread.sleep(wait);
    synchronized (this) {
      snapshot =
          new ContainerSnapshot(
              snapshot.name(),
              snapshot.image(),
              snapshot.state(),
              Optional.of(end),
              snapshot.restarts() + 1,
              false,
              false);
    }
    return true;
  }

  private boolean restarts(int code) {
    return PodStatuses.restarts(pod, code) && !(initialises && code == 0);
  }

  private String lastWords(int code) {
    Path message = Launch.terminationLog(directory.resolve(SCRATCH));
    try {
      if (Files.exists(message)) {
        return Files.readString(message).strip();
      }
    } catch (IOException e) {
      services.log(name() + ": cannot read its termination message: " + e.getMessage());
    }
    if (code == 0 || !"FallbackToLogsOnError".equals(container.getTerminationMessagePolicy())) {
      return null;
    }
    return services.logs().lastWords(directory, snapshot().restarts());
  }

  private Launch launch(Program program) throws ContainerConfigException, IOException {
    Mounts mounts = Volumes.mounts(container, volumes);
    Map<String, String> env =
        services.environment().of(pod, container, mounts, program.findsServices());
    program
        .portVariables()
        .forEach(
            (variable, port) -> {
              int inside = env.containsKey(variable) ? number(env.get(variable), port) : port;
              env.put(variable, Integer.toString(ports.getOrDefault(inside, inside)));
            });
    Path log = services.logs().file(directory, snapshot().restarts());
    Files.createDirectories(log.getParent());
    Path scratch = Files.createDirectories(directory.resolve(SCRATCH));
    Files.deleteIfExists(Launch.terminationLog(scratch));
    return new Launch(
        name(),
        words(container.getCommand(), env, mounts),
        words(container.getArgs(), env, mounts),
        env,
        ports,
        mounts,
        memoryLimit(),
        scratch,
        Files.exists(log) ? log : Files.createFile(log));
  }

  private static int number(String text, int otherwise) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static List<String> words(List<String> words, Map<String, String> env, Mounts mounts) {
    return Optional.ofNullable(words).orElse(List.of()).stream()
        .map(word -> Expansion.expand(mounts.translate(word), env))
        .toList();
  }

  private OptionalLong memoryLimit() {
    return Optional.ofNullable(container.getResources())
        .map(resources -> resources.getLimits())
        .map(limits -> limits.get("memory"))
        .map(Quantity::getNumericalAmount)
        .map(amount -> OptionalLong.of(amount.longValue()))
        .orElse(OptionalLong.empty());
  }

  /**
   * Probes the container until it ends: startup first, then readiness and liveness side by side.
   */
  private void probe(Running program) {
    Prober prober = new Prober(services.http(), container, ports, program);
    try {
      Probe startup = container.getStartupProbe();
      if (startup != null && !startsUp(prober, startup)) {
        services.log(name() + " did not start up in time, ending it");
        end(program, Duration.ofSeconds(2));
        return;
      }
      update(snapshot().state(), true, container.getReadinessProbe() == null);
      Thread liveness =
          Thread.ofVirtual().name("liveness " + name()).start(() -> live(prober, program));
      try {
        if (container.getReadinessProbe() != null) {
          ready(prober, container.getReadinessProbe());
        }
        liveness.join();
      } finally {
        liveness.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean startsUp(Prober prober, Probe probe) throws InterruptedException {
    long allowed =
        or(probe.getInitialDelaySeconds(), 0)
            + (long) or(probe.getFailureThreshold(), 3) * or(probe.getPeriodSeconds(), 10);
    Instant end = Instant.now().plusSeconds(allowed);
    while (Instant.now().isBefore(end)) {
      if (prober.passes(probe)) {
        return true;
      }
      Thread.sleep(FIRST_PROBES);
    }
    return false;
  }

  private void ready(Prober prober, Probe probe) throws InterruptedException {
    int failures = 0;
    while (true) {
      boolean passes = prober.passes(probe);
      failures = passes ? 0 : failures + 1;
      boolean before = snapshot().ready();
      boolean ready = passes || (before && failures < or(probe.getFailureThreshold(), 3));
      update(snapshot().state(), true, ready);
      if (ready && !before && snapshot().restarts() > 0) {
        services.log(name() + " is ready again");
      }
      Thread.sleep(ready ? period(probe) : FIRST_PROBES);
    }
  }

  private void live(Prober prober, Running program) {
    Probe probe = container.getLivenessProbe();
    if (probe == null) {
      return;
    }
    try {
      Thread.sleep(Duration.ofSeconds(or(probe.getInitialDelaySeconds(), 0)).plus(period(probe)));
      int failures = 0;
      while (failures < or(probe.getFailureThreshold(), 3)) {
        failures = prober.passes(probe) ? 0 : failures + 1;
        Thread.sleep(period(probe));
      }
      services.log(name() + " failed its liveness probe, ending it");
      end(program, Duration.ofSeconds(or(pod.getSpec().getTerminationGracePeriodSeconds(), 30L)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Duration period(Probe probe) {
    return Duration.ofSeconds(or(probe.getPeriodSeconds(), 10));
  }

  private static <T> T or(T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  private synchronized boolean stopping() {
    return stopping;
  }

  private void update(ContainerState state, boolean started, boolean ready) {
    synchronized (this) {
      ContainerSnapshot next = with(state, started, ready && !stopping);
      if (next.equals(snapshot)) {
        return;
      }
      snapshot = next;
    }
    changed.run();
  }

  private ContainerSnapshot with(ContainerState state, boolean started, boolean ready) {
    return new ContainerSnapshot(
        snapshot.name(),
        snapshot.image(),
        state,
        snapshot.last(),
        snapshot.restarts(),
        started,
        ready);
  }

  private String component() {
    return Optional.ofNullable(pod.getMetadata().getLabels())
        .map(labels -> labels.get("app.kubernetes.io/component"))
        .map(component -> isBeside(component) ? component + "/" + container.getName() : component)
        .orElse(container.getName());
  }

  private boolean isBeside(String component) {
    return !container.getName().equals(component)
        && pod.getSpec().getContainers().stream()
            .anyMatch(other -> other.getName().equals(component));
  }

  private String name() {
    return pod.getMetadata().getNamespace()
        + "/"
        + pod.getMetadata().getName()
        + "/"
        + container.getName();
  }
}
