package org.etcdmirror.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The figures that Linux keeps about a process. */
public final class Usage {

  /** Linux tells times in hundredths of a second on all machines that a JDK runs on. */
  private static final int MILLIS_PER_TICK = 10;

  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;

  private Usage() {}

  /** The processor time that a process has used, in all its threads. */
  public static long cpuMillis(long pid) {
    return cpuMillis(read(pid, "stat"));
  }

  /** Its name may hold spaces and parentheses, so the fields are counted from behind it. */
  static long cpuMillis(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]))
        * MILLIS_PER_TICK;
  }

  /** The most memory that a process has had resident, in MiB. */
  public static double peakMebibytes(long pid) {
    return peakMebibytes(read(pid, "status"));
  }

  static double peakMebibytes(String status) {
    String peak =
        status
            .lines()
            .filter(line -> line.startsWith("VmHWM:"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no VmHWM in: " + status));
    return Long.parseLong(peak.replaceAll("\\D", "")) / 1024.0;
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(
          Path.of("/proc", Long.toString(pid), file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " has ended", e);
    }
  }
}
