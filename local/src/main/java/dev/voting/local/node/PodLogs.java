package dev.voting.local.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The output of containers: one file for each run of a container. */
final class PodLogs {
  /** How much of a failed container's log a kubelet uses as its termination message. */
  private static final int LAST_LINES = 80;

  private static final int LAST_BYTES = 2048;

  private final Path pods;

  /** One directory per pod below {@code pods}. */
  PodLogs(Path pods) {
    this.pods = pods;
  }

  /** The pod's directory, for its volumes and its containers' files. */
  Path pod(String namespace, String pod, String uid) {
    return pods.resolve(namespace + "_" + pod + "_" + uid);
  }

  /** A container's directory inside of its pod's. */
  static Path container(Path pod, String container) {
    return pod.resolve("containers").resolve(container);
  }

  /** The log of a container's run, by the number of restarts before. */
  Path file(Path container, int restarts) {
    return container.resolve("logs").resolve(restarts + ".log");
  }

  /** The end of that log. */
  String lastWords(Path container, int restarts) {
    try {
      List<String> lines = Files.readAllLines(file(container, restarts), StandardCharsets.UTF_8);
      String end =
          String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
      return end.length() <= LAST_BYTES ? end : end.substring(end.length() - LAST_BYTES);
    } catch (IOException e) {
      return "";
    }
  }
}
