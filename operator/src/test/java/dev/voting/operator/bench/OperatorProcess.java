package dev.voting.operator.bench;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The operator as its image runs it, in no more memory than {@code deploy/} grants it. */
final class OperatorProcess implements AutoCloseable {

  private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  private final Process process;

  OperatorProcess(Path kubeconfig, Path log) throws IOException {
    var builder =
        new ProcessBuilder(
                java("java"),
                "-XX:MaxRAM="
                    + container().getResources().getLimits().get("memory").getNumericalAmount(),
                // Or it would ask to upgrade, which the proxy passes on without a look inside.
                "-Dhttp2.disable=true",
                // Without HTTP/2 there are many connections, each with its last exchange.
                "-Djdk.httpclient.keepalive.timeout=1",
                "-cp",
                Path.of("target", "app") + "/*",
                "dev.voting.operator.Main",
                "operator",
                "--health-port=0")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    container().getEnv().forEach(env -> builder.environment().put(env.getName(), env.getValue()));
    process = builder.start();
    await("the operator is at work")
        .atMost(Duration.ofMinutes(2))
        .until(() -> !process.isAlive() || Files.readString(log).contains("at work"));
    checkAlive();
  }

  /** As it is deployed: its options, and how much memory they share out. */
  private static Container container() throws IOException {
    var objects =
        new KubernetesSerialization()
            .<List<HasMetadata>>unmarshal(Files.readString(Path.of("../deploy/deployment.yaml")));
    return objects.stream()
        .filter(Deployment.class::isInstance)
        .map(object -> ((Deployment) object).getSpec().getTemplate().getSpec())
        .findFirst()
        .orElseThrow()
        .getContainers()
        .getFirst();
  }

  private static String java(String program) {
    return Path.of(System.getProperty("java.home"), "bin", program).toString();
  }

  void checkAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException("the operator ended with " + process.exitValue());
    }
  }

  /** Bytes of live objects: the heap after a full collection. */
  long heap() throws IOException {
    jcmd("GC.run");
    return USED.matcher(jcmd("GC.heap_info"))
            .results()
            .mapToLong(found -> Long.parseLong(found.group(1)))
            .sum()
        * 1024;
  }

  /**
   * Bytes of memory that the process holds, by the operating system; 0 where it doesn't report
   * them.
   */
  long resident() throws IOException {
    var status = Path.of("/proc/%d/status".formatted(process.pid()));
    if (!Files.exists(status)) {
      return 0;
    }
    var found = RESIDENT.matcher(Files.readString(status));
    return found.find() ? Long.parseLong(found.group(1)) * 1024 : 0;
  }

  private String jcmd(String command) throws IOException {
    var run =
        new ProcessBuilder(java("jcmd"), Long.toString(process.pid()), command)
            .redirectErrorStream(true)
            .start();
    return new String(run.getInputStream().readAllBytes());
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
