package org.etcdmirror.service.recorder;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest entries, bounded by their number and by the size of their text. */
final class Ring {

  /**
   * An entry.
   *
   * @param number counts all entries of a recorder
   * @param line a line of JSON
   */
  record Entry(long number, String line) {}

  private final int mostEntries;
  private final long mostCharacters;
  private final Deque<Entry> entries = new ArrayDeque<>();
  private long characters;

  Ring(int mostEntries, long mostCharacters) {
    this.mostEntries = mostEntries;
    this.mostCharacters = mostCharacters;
  }

  void add(Entry entry) {
    entries.add(entry);
    characters += entry.line().length();
    while (entries.size() > mostEntries || (characters > mostCharacters && entries.size() > 1)) {
      characters -= entries.remove().line().length();
    }
  }

  List<Entry> entries() {
    return List.copyOf(entries);
  }
}
