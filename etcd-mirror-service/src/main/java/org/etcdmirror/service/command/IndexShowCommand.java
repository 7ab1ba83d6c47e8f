package org.etcdmirror.service.command;

import java.io.IOException;
import java.util.Optional;
import java.util.StringJoiner;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.log.OneLine;
import org.etcdmirror.service.run.Link;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.service.run.Outcome;
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
    Link link = LinkFactory.create(settings());
    try (EtcdMirror mirror = link.mirror()) {
      Lines lines = new Lines();
      Optional<Checkpoint> stored = link.store().load();
      lines.add("link", link.name());
      addStored(lines, stored);
      SourceHead head = link.source().head(link.selection());
      SourceHistory history = InspectableSource.of(link.source()).history(link.selection());
      lines.add("source cluster", head.clusterId());
      lines.add("source index", head.index());
      Optional<Checkpoint> index = stored.filter(at -> !DoubtNotes.isFirstCopy(at));
      index.ifPresent(at -> lines.add("behind", behind(at, head)));
      lines.add("history", history(history, index.filter(at -> isOf(at, head))));
      lines.add("next run", nextRun(stored, mirror));
      print(lines);
    }
    return Outcome.EQUAL;
  }

  private static void addStored(Lines lines, Optional<Checkpoint> found) {
    if (found.isEmpty()) {
      lines.add("stored index", "none");
      return;
    }
    Checkpoint stored = found.get();
    if (DoubtNotes.isFirstCopy(stored)) {
      lines.add("stored index", "none, the first copy is not finished");
    } else {
      lines.add("stored index", stored.index());
    }
    if (stored.applying() != 0) {
      lines.add("applying", "partly applied up to " + stored.applying());
    }
    lines.add("cluster", stored.clusterId() == null ? "not recorded" : stored.clusterId());
    lines.add("scope", stored.scope() == null ? "not recorded" : stored.scope());
    lines.add("saved at", stored.savedAt());
    MirrorStatus.Suspects suspects = MirrorStatus.Suspects.storedIn(stored);
    if (suspects != null) {
      lines.add("suspects", suspects.describe());
    }
    stored.notes().entrySet().stream()
        .filter(note -> !note.getKey().equals(MirrorStatus.Suspects.NOTE))
        .forEach(note -> lines.add("note " + note.getKey(), note.getValue()));
  }

  /** Whether the index was stored for this source. */
  private static boolean isOf(Checkpoint stored, SourceHead head) {
    return stored.index() <= head.index()
        && (stored.clusterId() == null || stored.clusterId().equals(head.clusterId()));
  }

  private static String behind(Checkpoint stored, SourceHead head) {
    return isOf(stored, head)
        ? head.index() - stored.index() + " events"
        : "not known: the index was stored for another source";
  }

  private static String history(SourceHistory history, Optional<Checkpoint> stored) {
    if (history.oldest() == 0) {
      return "not known";
    }
    String begins = "begins at " + history.oldest();
    if (stored.isEmpty()) {
      return begins;
    }
    long left = stored.get().index() - (history.oldest() - 1);
    return begins
        + (left < 0
            ? ", %d events after the stored index".formatted(-left)
            : ", %d events left before the stored index is lost".formatted(left));
  }

  private static String nextRun(Optional<Checkpoint> stored, EtcdMirror mirror)
      throws IOException, InterruptedException {
    String ended =
        stored.map(checkpoint -> checkpoint.notes().get(IndexMove.CUT_OVER)).orElse(null);
    if (ended != null) {
      return "refuses to start: this link was cut over";
    }
    if (stored.map(DoubtNotes::unknown).isPresent()) {
      return "refuses to start: a newer version wrote a note that this version does not know";
    }
    return mirror
        .foreseeGap()
        .map(
            found ->
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
