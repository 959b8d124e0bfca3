package dev.voting.api.results;

import java.util.function.IntSupplier;

/** What the feed reports. */
public interface FeedMetrics {

  /** A connection failed or broke, or a query failed. */
  void postgresError();

  /** How many result streams are open now, may be called at any time. */
  void streams(IntSupplier count);
}
