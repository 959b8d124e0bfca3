package dev.voting.servers.kubernetes.api;

import java.util.Map;

/** Where the answer to {@code kubectl logs} comes from. */
@FunctionalInterface
public interface PodLogs {

  /**
   * Reads what a pod has written.
   *
   * @param namespace the pod's namespace
   * @param pod the pod's name
   * @param options the query of the request, such as {@code container}, {@code tailLines}, {@code
   *     previous}
   * @return the lines
   */
  String read(String namespace, String pod, Map<String, String> options);
}
