package dev.voting.crd;

/** Parts of rules that several fields share. */
final class Rules {
  private Rules() {}

  /** Begins a rule by which a component has memory enough to start, followed by how much. */
  static final String MEMORY_AT_LEAST =
      "!has(self.resources) || !has(self.resources.limits) || !has(self.resources.limits.memory) ||"
          + " !isQuantity(string(self.resources.limits.memory)) ||"
          + " quantity(string(self.resources.limits.memory)).compareTo(quantity('";

  /** Ends such a rule. */
  static final String OR_MORE = "')) >= 0";

  /** Where such a rule points. */
  static final String MEMORY_LIMIT = ".resources.limits.memory";

  /** Whether {@code maxMemory} is a size as Redis writes it. */
  static final String IS_MAX_MEMORY =
      "self.maxMemory.matches(r'^[1-9][0-9]{0,14}([kKmMgG][bB]?)?$')";

  /** {@code maxMemory} as a quantity: what is kb to Redis is Ki to Kubernetes, and k is k. */
  static final String MAX_MEMORY =
      "quantity(self.maxMemory.lowerAscii().replace('kb', 'Ki').replace('mb', 'Mi')"
          + ".replace('gb', 'Gi').replace('m', 'M').replace('g', 'G'))";

  /** Begins a rule of what stays within a round of a poll. */
  static final String ANOTHER_ROUND = "self.round != oldSelf.round || ";
}
