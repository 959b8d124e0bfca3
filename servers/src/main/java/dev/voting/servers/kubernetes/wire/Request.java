package dev.voting.servers.kubernetes.wire;

import java.util.Map;

/** What came over HTTP, once its body is here. Header names are in lower case. */
public record Request(
    String method,
    String path,
    String rawQuery,
    Map<String, String> query,
    Map<String, String> headers,
    byte[] body) {

  public String parameter(String name) {
    return query.getOrDefault(name, "");
  }

  public String header(String name) {
    return headers.getOrDefault(name, "");
  }

  public boolean flag(String name) {
    return parameter(name).equals("true") || parameter(name).equals("1");
  }

  /**
   * The one who writes, by name: as the parameter names it, else the first word of the user agent.
   */
  public String fieldManager() {
    String manager = parameter("fieldManager");
    if (!manager.isEmpty()) {
      return manager;
    }
    String agent = header("user-agent").split("/")[0].trim();
    return agent.isEmpty() ? "unknown" : agent;
  }

  public boolean wantsTable() {
    return header("accept").contains("as=Table");
  }

  public boolean isDryRun() {
    return !parameter("dryRun").isEmpty();
  }
}
