package org.etcdmirror.simulation.life;

/**
 * What a mirror's checkpoint in a v3 sink says, read from its text, as a person would read it.
 *
 * @param index the stored index; 0 for none
 * @param saysLevel whether no note says that the sink may not be level
 * @param scope what it says of the scope
 * @param writer which mirror wrote it
 * @param text all of it
 */
record StoredCheckpoint(long index, boolean saysLevel, String scope, String writer, String text) {

  /** There is none. */
  static final StoredCheckpoint NONE = new StoredCheckpoint(0, false, "", "", "");

  static StoredCheckpoint parse(String text) {
    String number = field(text, "index=");
    long index = number.isEmpty() ? 0 : Long.parseLong(number);
    boolean doubts = text.lines().anyMatch(line -> line.startsWith("note.must-"));
    return new StoredCheckpoint(
        index, index > 0 && !doubts, field(text, "scope="), field(text, "writer="), text);
  }

  private static String field(String text, String name) {
    return text.lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .findFirst()
        .orElse("");
  }

  @Override
  public String toString() {
    return text.replace('\n', ' ');
  }
}
