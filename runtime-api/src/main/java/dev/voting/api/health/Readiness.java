package dev.voting.api.health;

import dev.voting.api.http.Endpoint;
import dev.voting.api.http.HttpProblem;
import dev.voting.api.http.Json;
import dev.voting.api.http.Replies;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * {@code GET /ready}: whether a vote can be accepted, and the state of each dependency, by name.
 * Reported from memory, so that it is quick even if a dependency hangs.
 */
public final class Readiness implements Endpoint {
  private final Map<String, Supplier<Optional<String>>> dependencies;
  private final Set<String> informative;

  /**
   * @param dependencies by name; each returns why it is unavailable, or nothing
   * @param informative names of those that no vote needs: the answer reports them, and is 200
   *     anyway
   */
  public Readiness(Map<String, Supplier<Optional<String>>> dependencies, Set<String> informative) {
    this.dependencies = new LinkedHashMap<>(dependencies);
    this.informative = Set.copyOf(informative);
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    Map<String, String> checks = new LinkedHashMap<>();
    StringBuilder problems = new StringBuilder();
    dependencies.forEach(
        (name, check) -> {
          Optional<String> problem = check.get();
          checks.put(name, problem.orElse("ok"));
          problem
              .filter(p -> !informative.contains(name))
              .ifPresent(
                  p -> problems.append(problems.isEmpty() ? "" : "; ").append(name + ": " + p));
        });
    if (!problems.isEmpty()) {
      throw HttpProblem.notReady(problems.toString(), checks);
    }
    response.header(Replies.JSON);
    response.header(Replies.NO_STORE);
    Replies.send(request, response, ready(checks));
  }

  private static byte[] ready(Map<String, String> checks) {
    return Json.render(
        out -> {
          out.writeStartObject();
          out.writeStringField("status", "ready");
          out.writeObjectFieldStart("checks");
          for (Map.Entry<String, String> check : checks.entrySet()) {
            out.writeStringField(check.getKey(), check.getValue());
          }
          out.writeEndObject();
          out.writeEndObject();
        });
  }
}
