package dev.voting.consumer.stream;

/**
 * The id of an entry. Both halves are unsigned and have 64 bits: clients that may add entries may
 * choose ids beyond what a {@code long} holds.
 *
 * @param millis when Redis took the entry, in milliseconds since 1970, unless somebody chose the id
 * @param sequence distinguishes the entries of a millisecond
 */
public record StreamId(long millis, long sequence) implements Comparable<StreamId> {

  /** Reads {@code <unix ms>-<n>}. */
  public static StreamId parse(String id) {
    int dash = id.indexOf('-');
    return new StreamId(
        Long.parseUnsignedLong(id.substring(0, dash)),
        Long.parseUnsignedLong(id.substring(dash + 1)));
  }

  /** How long before a time it was made; 0 if not before it. */
  public long ageAt(long nowMillis) {
    return Long.compareUnsigned(millis, nowMillis) < 0 ? nowMillis - millis : 0;
  }

  /** As Redis orders them. */
  @Override
  public int compareTo(StreamId other) {
    int order = Long.compareUnsigned(millis, other.millis);
    return order != 0 ? order : Long.compareUnsigned(sequence, other.sequence);
  }
}
