package dev.voting.local.stack;

import dev.voting.local.node.Kubelet;
import dev.voting.servers.kubernetes.api.PodLogs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers {@code kubectl logs} from the log files of the node. */
record KubeletLogs(Kubelet kubelet) implements PodLogs {
  @Override
  public String read(String namespace, String pod, Map<String, String> options) {
    Optional<Path> file =
        kubelet.log(
            namespace, pod, options.get("container"), "true".equals(options.get("previous")));
    if (file.isEmpty()) {
      return "";
    }
    try {
      String all = Files.readString(file.get());
      String tail = options.get("tailLines");
      if (tail == null) {
        return all;
      }
      List<String> lines = all.lines().toList();
      int wanted = Math.min(lines.size(), Integer.parseInt(tail));
      return String.join(
          "",
          lines.subList(lines.size() - wanted, lines.size()).stream().map(l -> l + "\n").toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
