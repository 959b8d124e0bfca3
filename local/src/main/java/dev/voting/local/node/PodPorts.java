package dev.voting.local.node;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The annotation with the ports of this machine for a pod's own ports. */
public final class PodPorts {
  /** For example {@code 8000=23145,8001=20411}. */
  public static final String ANNOTATION = "local.voting.dev/ports";

  private PodPorts() {}

  static String write(Map<Integer, Integer> ports) {
    return ports.entrySet().stream()
        .map(port -> port.getKey() + "=" + port.getValue())
        .collect(Collectors.joining(","));
  }

  /** The local port for a port of the pod, once assigned. */
  public static OptionalInt local(Pod pod, int containerPort) {
    Integer port = read(pod).get(containerPort);
    return port == null ? OptionalInt.empty() : OptionalInt.of(port);
  }

  /** All ports of the pod with their local ports. */
  public static Map<Integer, Integer> read(Pod pod) {
    String text =
        Optional.ofNullable(pod.getMetadata().getAnnotations())
            .map(annotations -> annotations.get(ANNOTATION))
            .orElse("");
    Map<Integer, Integer> ports = new TreeMap<>();
    for (String pair : text.isEmpty() ? new String[0] : text.split(",")) {
      String[] sides = pair.split("=", 2);
      ports.put(Integer.valueOf(sides[0]), Integer.valueOf(sides[1]));
    }
    return ports;
  }
}
