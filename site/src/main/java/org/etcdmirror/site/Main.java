package org.etcdmirror.site;

import java.io.IOException;
import java.nio.file.Path;

/** Writes the site: {@code Main REPOSITORY DIRECTORY}. Exit code 1 says that a page is wrong. */
public final class Main {

  private Main() {}

  /** Runs it. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      System.err.println("usage: Main REPOSITORY DIRECTORY");
      System.exit(2);
    }
    try {
      new Site(Path.of(arguments[0])).write(Path.of(arguments[1]));
    } catch (SiteFormatException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
