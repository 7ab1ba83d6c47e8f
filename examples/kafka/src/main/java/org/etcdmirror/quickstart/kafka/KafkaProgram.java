package org.etcdmirror.quickstart.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.quickstart.QuickstartException;
import org.etcdmirror.quickstart.Waiting;

/** A program of Kafka in a process of its own, which does not outlive this one. */
final class KafkaProgram implements AutoCloseable {

  private static final int TAIL = 2_000;

  private final String name;
  private final Path log;
  private final Process process;
  private final Thread reaper;

  private KafkaProgram(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.reaper = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(reaper);
  }

  /**
   * Starts a program.
   *
   * @param libs the directory with the jars of Kafka
   * @param directory where its log is written
   */
  static KafkaProgram start(String name, Path libs, Path directory, String... mainAndArguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(List.of("-cp", libs + "/*"));
    command.addAll(List.of(mainAndArguments));
    Path log = directory.resolve(name + ".log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    return new KafkaProgram(
        name, log, builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start());
  }

  /** Waits until it ends by itself. */
  void awaitEnd() throws InterruptedException {
    Waiting.until("the " + name + " has ended", () -> !process.isAlive());
    if (process.exitValue() != 0) {
      throw failure();
    }
  }

  /** Waits until something listens on its port. */
  void awaitPort(int port) throws InterruptedException {
    Waiting.until("the " + name + " listens", () -> isRunning() && listens(port));
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  /**
   * True while it runs.
   *
   * @throws QuickstartException if it has ended; the message has the end of its log
   */
  boolean isRunning() {
    if (!process.isAlive()) {
      throw failure();
    }
    return true;
  }

  private QuickstartException failure() {
    String text;
    try {
      text = Files.readString(log);
    } catch (IOException e) {
      text = "its log cannot be read: " + e;
    }
    return new QuickstartException(
        "the %s ended; its log: %s"
            .formatted(name, text.substring(Math.max(0, text.length() - TAIL))));
  }

  /** Kills it (SIGKILL) and waits. Harmless when repeated. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    try {
      Runtime.getRuntime().removeShutdownHook(reaper);
    } catch (IllegalStateException e) {
      // This process is ending already, and the hook does the same.
      return;
    }
  }
}
