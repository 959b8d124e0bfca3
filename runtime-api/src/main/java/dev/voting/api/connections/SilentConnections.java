package dev.voting.api.connections;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The connections of one thread that have said nothing yet, the eldest first. */
final class SilentConnections {
  private final Set<SelectionKey> keys = new LinkedHashSet<>();
  private final AtomicInteger ofAll;

  /**
   * @param ofAll counts those of all threads
   */
  SilentConnections(AtomicInteger ofAll) {
    this.ofAll = ofAll;
  }

  /** The key's attachment says since when. */
  void add(SelectionKey key) {
    keys.add(key);
    ofAll.incrementAndGet();
  }

  void remove(SelectionKey key) {
    if (keys.remove(key)) {
      ofAll.decrementAndGet();
    }
  }

  /**
   * Makes room for another one.
   *
   * @return whether there was one to make room
   */
  boolean resetEldest() {
    Iterator<SelectionKey> eldest = keys.iterator();
    if (!eldest.hasNext()) {
      return false;
    }
    Arrivals.reset((SocketChannel) eldest.next().channel());
    removeLast(eldest);
    return true;
  }

  /** Closes those that are silent since before then, in nanoseconds of {@link Listener#now}. */
  void closeThoseBefore(long then) {
    Iterator<SelectionKey> eldest = keys.iterator();
    while (eldest.hasNext()) {
      SelectionKey key = eldest.next();
      if ((long) key.attachment() >= then) {
        return;
      }
      Arrivals.close(key.channel());
      removeLast(eldest);
    }
  }

  private void removeLast(Iterator<SelectionKey> iterator) {
    iterator.remove();
    ofAll.decrementAndGet();
  }
}
