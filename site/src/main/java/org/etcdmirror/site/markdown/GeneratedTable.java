package org.etcdmirror.site.markdown;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A table on a page that is made of the code: the first one below a heading. A test compares it,
 * and writes it if the system property {@code docs.write} is true.
 *
 * @param page the file
 * @param heading the line of the heading, such as {@code ## Meters}
 */
public record GeneratedTable(Path page, String heading) {

  /** Whether tests write tables and do not compare them. */
  public static boolean isToBeWritten() {
    return Boolean.getBoolean("docs.write");
  }

  /** A row of these cells. */
  public static String row(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  /** A head of these cells, and the line below it. */
  public static List<String> head(List<String> cells) {
    return List.of(row(cells), "|---".repeat(cells.size()) + "|");
  }

  /**
   * Returns the lines of the table.
   *
   * @throws IOException if the page cannot be read, or has no such table
   */
  public List<String> lines() throws IOException {
    List<String> all = Files.readAllLines(page);
    int first = first(all);
    return all.subList(first, end(all, first));
  }

  /** Puts these lines in place of the table. */
  public void write(List<String> lines) throws IOException {
    List<String> all = Files.readAllLines(page);
    int first = first(all);
    List<String> next = new ArrayList<>(all.subList(0, first));
    next.addAll(lines);
    next.addAll(all.subList(end(all, first), all.size()));
    Files.write(page, next);
  }

  private int first(List<String> all) throws IOException {
    int at = all.indexOf(heading);
    for (int i = at + 1; at >= 0 && i < all.size() && !all.get(i).startsWith("#"); i++) {
      if (all.get(i).startsWith("|")) {
        return i;
      }
    }
    throw new IOException("%s has no table below '%s'".formatted(page, heading));
  }

  private static int end(List<String> all, int first) {
    int end = first;
    while (end < all.size() && all.get(end).startsWith("|")) {
      end++;
    }
    return end;
  }
}
