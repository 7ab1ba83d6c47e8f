package org.etcdmirror.benchmarks.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Starts a program, writes its number to a file, and waits to be ended. */
final class Sleeper {

  private Sleeper() {}

  public static void main(String[] arguments) throws Exception {
    Program child = Program.start(List.of("sleep", "600"));
    Path whole = Path.of(arguments[0] + ".part");
    Files.writeString(whole, Long.toString(child.pid()));
    Files.move(whole, Path.of(arguments[0]));
    new CountDownLatch(1).await();
  }
}
