package org.etcdmirror.service.progress;

import java.io.IOException;
import java.util.Map;

/** Finds out where the output of this process goes. */
final class Terminal {

  private Terminal() {}

  /**
   * Whether the standard error stream is a terminal that can redraw a line. Java knows this of the
   * standard input and output alone, so the program {@code test} is asked.
   */
  static boolean isStandardError(Map<String, String> environment) {
    String kind = environment.getOrDefault("TERM", "dumb");
    if (kind.equals("dumb")) {
      return false;
    }
    try {
      return new ProcessBuilder("test", "-t", "2").inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
