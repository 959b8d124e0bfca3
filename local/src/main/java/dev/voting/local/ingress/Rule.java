package dev.voting.local.ingress;

import java.util.Map;

/**
 * One path of one Ingress or HTTPRoute.
 *
 * @param host its host, optionally with a wildcard; empty for any
 * @param exact whether the path must be equal, or is a prefix of path elements
 * @param port the Service's port, by number or by name
 * @param headers to set in each answer, in place of the Service's own
 */
record Rule(
    String namespace,
    String host,
    String path,
    boolean exact,
    String service,
    String port,
    long maxBodyBytes,
    Map<String, String> headers) {

  boolean matchesHost(String asked) {
    if (host.isEmpty() || host.equalsIgnoreCase(asked)) {
      return true;
    }
    // A wildcard stands for exactly one label.
    int dot = asked.indexOf('.');
    return host.startsWith("*.")
        && dot > 0
        && asked.substring(dot).equalsIgnoreCase(host.substring(1));
  }

  boolean matchesPath(String asked) {
    if (exact) {
      return asked.equals(path);
    }
    String prefix = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return asked.equals(prefix) || asked.startsWith(prefix + "/");
  }
}
