package org.etcdmirror.simulation.life;

/**
 * What a mirror's checkpoint in a v3 sink says, read from its text, as a person would read it.
 *
 * @param index the stored index; 0 for none
 * @param saysLevel whether no note says that the sink may not be level
 * @param text all of it
 */
record StoredCheckpoint(long index, boolean saysLevel, String text) {

  private static final String INDEX = "index=";

  static StoredCheckpoint parse(String text) {
    long index =
        text.lines()
            .filter(line -> line.startsWith(INDEX))
            .mapToLong(line -> Long.parseLong(line.substring(INDEX.length())))
            .findFirst()
            .orElse(0);
    boolean doubts = text.lines().anyMatch(line -> line.startsWith("note.must-"));
    return new StoredCheckpoint(index, index > 0 && !doubts, text);
  }

  @Override
  public String toString() {
    return text.replace('\n', ' ');
  }
}
