package dev.voting.api;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Limits by the memory of the container. */
final class Capacity {
  /** What an idle connection takes of the heap, and what one that sends a request may, in bytes. */
  private static final long CONNECTION = 12 * 1024;

  private static final int MOST_CONNECTIONS = 10_000;

  /** What a stream takes of the container's memory, most of it the system's, in bytes. */
  private static final long STREAM = 8 * 1024;

  private static final int MOST_STREAMS = 100_000;

  /** Besides connections and streams. */
  private static final long OTHER_FILES = 200;

  private Capacity() {}

  /** At most half of the heap, even if all of them send the largest unreserved request. */
  static int connections() {
    return Math.clamp(Runtime.getRuntime().maxMemory() / 2 / CONNECTION, 100, MOST_CONNECTIONS);
  }

  /**
   * At most three eighths of the memory; the rest is the JVM's.
   *
   * @param connections that there may be besides
   */
  static int streams(int connections) {
    long files =
        system() instanceof UnixOperatingSystemMXBean unix
            ? unix.getMaxFileDescriptorCount()
            : Long.MAX_VALUE;
    return streams(system().getTotalMemorySize(), files, connections);
  }

  static int streams(long memory, long files, int connections) {
    long byMemory = memory * 3 / 8 / STREAM;
    long byFiles = files - connections - OTHER_FILES;
    return Math.clamp(Math.min(byMemory, byFiles), 100, MOST_STREAMS);
  }

  /** An eighth of the heap. */
  static int requestBytes() {
    return Math.clamp(Runtime.getRuntime().maxMemory() / 8, 65_536, Integer.MAX_VALUE);
  }

  private static OperatingSystemMXBean system() {
    return (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  }
}
