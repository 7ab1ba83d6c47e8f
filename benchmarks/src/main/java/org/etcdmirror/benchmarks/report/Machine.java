package org.etcdmirror.benchmarks.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * On what was measured.
 *
 * @param processors how many there are, and their model
 * @param memory of the machine
 * @param system the operating system
 * @param java the JDK that ran the Java programs
 * @param etcd the version of the servers
 * @param load the load of the machine before the run
 */
public record Machine(
    String processors, String memory, String system, String java, String etcd, double load) {

  private static final Path LOAD = Path.of("/proc/loadavg");

  /** This one. */
  public static Machine here(String etcd) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new Machine(
        processors + " x " + field("/proc/cpuinfo", "model name"),
        field("/proc/meminfo", "MemTotal"),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vendor") + " " + Runtime.version(),
        etcd,
        loadNow());
  }

  /** Whether something else was running, so that only ratios tell anything. */
  public boolean isBusy() {
    return load > Runtime.getRuntime().availableProcessors() / 2.0;
  }

  private static String field(String file, String name) {
    return read(Path.of(file))
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).trim())
        .findFirst()
        .orElse("unknown");
  }

  private static double loadNow() {
    String load = read(LOAD);
    return load.isEmpty() ? 0 : Double.parseDouble(load.substring(0, load.indexOf(' ')));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException notLinux) {
      return "";
    }
  }
}
