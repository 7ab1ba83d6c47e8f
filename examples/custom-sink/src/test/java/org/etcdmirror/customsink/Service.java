package org.etcdmirror.customsink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;

/** The mirror service in a process of its own, without this module on its class path. */
final class Service implements AutoCloseable {

  private static final int MINUTES = 4;
  private static final Path CLASSES =
      Path.of(PoolView.class.getProtectionDomain().getCodeSource().getLocation().getPath());

  private final Process process;
  private final Path log;

  private Service(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Packs the plug-in as its author would. */
  static Path pack(Path directory) {
    Path jar = directory.resolve("custom-sink.jar");
    ToolProvider packer = ToolProvider.findFirst("jar").orElseThrow();
    int failures =
        packer.run(System.out, System.err, "--create", "--file", jar + "", "-C", CLASSES + "", ".");
    assertThat(failures).isZero();
    return jar;
  }

  /** Starts it, with these jars behind it on the class path. */
  static Service start(Path log, List<Path> jars, List<String> args) throws IOException {
    String product =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !Path.of(entry).equals(CLASSES) && !entry.endsWith("test-classes"))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(
        product + jars.stream().map(jar -> File.pathSeparator + jar).collect(Collectors.joining()));
    command.add("org.etcdmirror.service.Main");
    command.addAll(args);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    process.getOutputStream().close();
    return new Service(process, log);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Stops it as an init system does. */
  void stop() throws InterruptedException {
    process.destroy();
    assertThat(exitCode()).as(this::toString).isZero();
  }

  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as(this::toString).isTrue();
    return process.exitValue();
  }

  /** Its log. */
  @Override
  public String toString() {
    try {
      return Files.readString(log, UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(MINUTES, TimeUnit.MINUTES);
  }
}
