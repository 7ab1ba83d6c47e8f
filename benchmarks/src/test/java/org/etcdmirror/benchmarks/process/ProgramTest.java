package org.etcdmirror.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramTest {

  @TempDir private Path directory;

  @Test
  void returnsWhatItPrinted() throws Exception {
    try (Program program =
        Program.start(List.of("sh", "-c", "echo figure rate 12.5; echo other"))) {
      assertThat(JavaPrograms.figures(program.result())).containsOnly(entry("rate", 12.5));
    }
  }

  private static Map.Entry<String, Double> entry(String name, double figure) {
    return Map.entry(name, figure);
  }

  @Test
  void aProgramThatFailsSaysWhy() {
    try (Program program = Program.start(List.of("sh", "-c", "echo no space >&2; exit 3"))) {
      assertThatThrownBy(program::result)
          .isInstanceOf(UnusableException.class)
          .hasMessage("exit code 3: no space");
      assertThatThrownBy(program::mustRun).hasMessage("ended with 3: no space");
    }
  }

  @Test
  void closingEndsAFrozenProgram() throws Exception {
    ProcessHandle handle;
    try (Program program = Program.start(List.of("sleep", "600"))) {
      handle = ProcessHandle.of(program.pid()).orElseThrow();
      program.freeze(true);
    }
    assertThat(handle.isAlive()).isFalse();
  }

  @Test
  void whoIsInterruptedEndsWhatItStarted() throws Exception {
    Path file = directory.resolve("pid");
    List<String> command = JavaPrograms.command(Sleeper.class, List.of(file.toString()));
    try (Program parent = Program.start(command)) {
      await().atMost(PATIENCE).until(() -> Files.exists(file));
      ProcessHandle child = ProcessHandle.of(Long.parseLong(Files.readString(file))).orElseThrow();
      parent.stop();
      await().atMost(PATIENCE).until(() -> !child.isAlive());
    }
  }
}
