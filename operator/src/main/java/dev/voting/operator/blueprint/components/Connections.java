package dev.voting.operator.blueprint.components;

import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Files;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How many connections to PostgreSQL each component may have, which is what its pods need and no
 * more, so that neither can lock the other one out.
 *
 * @param api of all pods of the API together
 * @param consumer of all consumers together
 */
record Connections(int api, int consumer) {

  /** For people, and for what looks after the server. */
  private static final int OTHERS = 20;

  /** For one that broke, and that the server has not missed yet. */
  private static final int BROKEN = 10;

  /** What PostgreSQL takes when nothing is said. */
  private static final int DEFAULT = 100;

  static Connections of(BlueprintContext context) {
    var api = context.spec().api();
    return new Connections(
        limit(api.autoscaling() == null ? api.replicas() : api.autoscaling().maxReplicas()),
        limit(context.spec().consumer().replicas()));
  }

  /** A pod has one; and all pods may be there twice, the old ones and those that replace them. */
  private static int limit(int pods) {
    return 2 * pods + BROKEN;
  }

  /**
   * How many the server must take. In steps that double, because it takes a restart to change that,
   * and few changes of the replicas shall.
   *
   * @return empty while it is what PostgreSQL takes anyway
   */
  Optional<Integer> server() {
    return IntStream.iterate(DEFAULT, step -> step * 2)
        .filter(step -> step >= api + consumer + OTHERS)
        .boxed()
        .findFirst()
        .filter(step -> step > DEFAULT);
  }

  /** What gives the limits to the logins. */
  String sql() {
    return Files.render(
        "/dev/voting/operator/postgres/connections.sql",
        Map.of("api", Integer.toString(api), "consumer", Integer.toString(consumer)));
  }
}
