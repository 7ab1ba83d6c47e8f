package org.etcdmirror.service.command;

import java.io.IOException;
import java.time.Instant;
import java.util.StringJoiner;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.StoredIndex;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.log.OneLine;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.service.run.Outcome;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Prints a link's stored index. */
@Command(
    name = "show",
    description = "Prints the stored index, and what the next run would do. Changes nothing.")
final class IndexShowCommand extends LinkCommand {

  IndexShowCommand() {
    super(CommandKind.SHOW_INDEX);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (EtcdMirror mirror = LinkFactory.create(settings()).mirror()) {
      StoredIndex stored = mirror.storedIndex();
      Lines lines = new Lines();
      lines.add("link", mirror.link());
      addStored(lines, stored);
      lines.add("source cluster", stored.head().clusterId());
      lines.add("source index", stored.head().index());
      Checkpoint index = stored.isFirstCopy() ? null : stored.checkpoint();
      if (index != null) {
        lines.add("behind", behind(index, stored));
      }
      lines.add("history", history(stored.history(), stored.isOfSource() ? index : null));
      lines.add("next run", nextRun(stored, mirror));
      print(lines);
    }
    return Outcome.EQUAL;
  }

  private static void addStored(Lines lines, StoredIndex index) {
    Checkpoint stored = index.checkpoint();
    if (stored == null) {
      lines.add("stored index", "none");
      return;
    }
    if (index.isFirstCopy()) {
      lines.add("stored index", "none, the first copy is not finished");
    } else {
      lines.add("stored index", stored.index());
    }
    if (stored.applying() != 0) {
      lines.add("applying", "partly applied up to " + stored.applying());
    }
    lines.add("cluster", stored.clusterId() == null ? "not recorded" : stored.clusterId());
    lines.add("scope", stored.scope() == null ? "not recorded" : stored.scope());
    lines.add(
        "saved at", stored.savedAt().equals(Instant.EPOCH) ? "not recorded" : stored.savedAt());
    MirrorStatus.Suspects suspects = MirrorStatus.Suspects.storedIn(stored);
    if (suspects != null) {
      lines.add("suspects", suspects.describe());
    }
    stored.notes().entrySet().stream()
        .filter(note -> !note.getKey().equals(MirrorStatus.Suspects.NOTE))
        .forEach(note -> lines.add("note " + note.getKey(), note.getValue()));
  }

  private static String behind(Checkpoint stored, StoredIndex index) {
    return index.isOfSource()
        ? index.head().index() - stored.index() + " events"
        : "not known: the index was stored for another source";
  }

  private static String history(SourceHistory history, @Nullable Checkpoint stored) {
    if (history.oldest() == 0) {
      return "not known";
    }
    String begins = "begins at " + history.oldest();
    if (stored == null) {
      return begins;
    }
    long left = stored.index() - (history.oldest() - 1);
    return begins
        + (left < 0
            ? ", %d events after the stored index".formatted(-left)
            : ", the source may clear %d events before the stored index is lost".formatted(left));
  }

  private static String nextRun(StoredIndex stored, EtcdMirror mirror)
      throws IOException, InterruptedException {
    String refusal = stored.refusal().orElse(null);
    if (refusal != null) {
      return "refuses to start: " + refusal;
    }
    return mirror
        .foreseeGap()
        .map(found ->
            (found.reason() == Gap.Reason.NO_CHECKPOINT
                    ? "makes the first copy: "
                    : "finds a gap: ")
                + found.describe())
        .orElse("continues from the stored index");
  }

  /** Lines of a name and a value, one below the other. */
  private static final class Lines {

    private final StringJoiner lines = new StringJoiner(System.lineSeparator());

    void add(String name, Object value) {
      lines.add("%-15s %s".formatted(name, OneLine.of(value.toString(), " ")));
    }

    @Override
    public String toString() {
      return lines.toString();
    }
  }
}
