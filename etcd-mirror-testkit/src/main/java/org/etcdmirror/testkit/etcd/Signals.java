package org.etcdmirror.testkit.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Sends the signals that {@link Process} does not know. */
public final class Signals {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(2);

  private Signals() {}

  /** Freezes a process; returns when none of its threads runs any more. */
  public static void suspend(Process process) {
    send("STOP", process);
    long start = System.nanoTime();
    while (runs(process)) {
      if (System.nanoTime() - start > PATIENCE.toNanos() || ends(process, PAUSE)) {
        throw new IllegalStateException("process " + process.pid() + " does not stop");
      }
    }
  }

  /** Ends {@link #suspend}. */
  public static void resume(Process process) {
    send("CONT", process);
  }

  /** Lets a JVM write what each of its threads does to its output. */
  public static void dumpThreads(Process process) {
    send("QUIT", process);
  }

  /** Whether a process ends within this time; an interrupt is kept for the caller. */
  static boolean ends(Process process, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void send(String signal, Process process) {
    try {
      Process kill =
          new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
              .redirectErrorStream(true)
              .start();
      String answer = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!ends(kill, PATIENCE) || kill.exitValue() != 0) {
        throw new IllegalStateException("cannot send SIG" + signal + ": " + answer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Linux tells it for each thread; elsewhere the signal has to be trusted. */
  private static boolean runs(Process process) {
    Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
    if (!Files.isDirectory(threads)) {
      return false;
    }
    try (Stream<Path> all = Files.list(threads)) {
      List<Path> each = all.toList();
      return each.stream().anyMatch(Signals::threadRuns);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean threadRuns(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'T';
    } catch (NoSuchFileException ended) {
      return false;
    } catch (IOException e) {
      // A thread that ends while it is read; the next look tells.
      return true;
    }
  }
}
