package dev.voting.consumer.stream;

import java.util.List;

/**
 * An entry as it is in the stream.
 *
 * @param id its id, {@code <unix ms>-<n>}
 * @param fields names and values in turn; null when the entry was deleted after it was delivered
 */
public record StreamEntry(String id, List<byte[]> fields) {

  /** The bytes of all names and values. */
  public long bytes() {
    if (fields == null) {
      return 0;
    }
    long bytes = 0;
    for (byte[] field : fields) {
      bytes += field.length;
    }
    return bytes;
  }
}
