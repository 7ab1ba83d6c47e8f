package org.etcdmirror.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whether both sides hold the same when all faults have ended and nothing is written any more.
 *
 * @param link the options that name it
 */
record Equality(
    Settings settings,
    Keyspace source,
    Keyspace sink,
    List<String> link,
    Path directory,
    Tally tally) {

  /** Waits until they are equal and {@code verify} says so, or counts a loss. */
  void await() throws Exception {
    long healed = System.nanoTime();
    if (!Condition.comes(() -> differences().isEmpty())) {
      tally.loss(
          "not equal %s after the last fault: %s".formatted(Condition.PATIENCE, differences()));
    } else if (!Condition.comes(this::verifies)) {
      String since = differences();
      tally.loss(
          since.isEmpty()
              ? "verify does not say that both sides are equal, and they are"
              : "equal after the last fault, and no more: " + since);
    }
    tally.count("seconds until equal", "all", (System.nanoTime() - healed) / 1_000_000_000);
  }

  /** What differs; empty if nothing does. */
  private String differences() throws IOException {
    Map<String, String> wanted = settings.scope().ofSource(source.read().values());
    Map<String, String> held = settings.scope().ofSink(sink.read().values());
    if (!settings.pairing().hasDirectories()) {
      wanted.keySet().removeIf(key -> key.endsWith("/"));
      held.keySet().removeIf(key -> key.endsWith("/"));
    }
    return wanted.equals(held) ? "" : PastStates.differences(wanted, held);
  }

  private boolean verifies() throws IOException, InterruptedException {
    List<String> args = new ArrayList<>(List.of("verify"));
    args.addAll(link);
    int code = MirrorProcess.exitCode(directory.resolve("verify.log"), args, Condition.PATIENCE);
    tally.count("verifications", code == 0 ? "equal" : "exit code " + code);
    return code == 0;
  }
}
