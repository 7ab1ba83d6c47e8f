package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees of a long copy on a terminal, here one that the program 'script' makes. */
@Timeout(600)
class TerminalTest {

  private final Path directory;

  TerminalTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void onceDrawsABarUntilTheCopyIsDone() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    try (ServiceProcess service =
        ServiceProcess.startOnTerminal(
            List.of(PluginJar.in(directory)),
            "once",
            "--source",
            "tiny:gated=" + pipe,
            "--sink",
            "tiny:memory",
            "--prefix",
            "/conftool")) {
      service.awaitOutput("copying [########........] 50% 1 of 2");
      Files.writeString(pipe, "go on");

      assertThat(service.exitCode()).isZero();
      assertThat(service.out()).anyMatch(line -> line.contains("first copy at index 41: "));
      assertThat(service.out())
          .as("the bar is erased before anything else is written")
          .filteredOn(line -> line.contains("copying ["))
          .allMatch(line -> line.matches(".*[12] of 2(, .*)?"));
    }
  }
}
