package org.etcdmirror.service.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.core.AppliedChanges;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line of JSON for each change that the sink confirmed, and lines for what may be
 * missing between them. The mirror does not wait for a file that cannot be written: it goes on, and
 * counts the lines that are missing.
 */
public final class AuditLog implements MirrorListener {

  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
  private static final JsonMapper JSON = new JsonMapper();

  /** From this size on, lines are written before there are more of them. */
  private static final int MOST_BYTES = 64 * 1024;

  private final String link;
  private final AuditFile file;
  private final boolean showsValues;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

  /** The number of changes in {@link #lines}. */
  private long held;

  /** The changes that are missing since the last line. */
  private long missing;

  private @Nullable Instant missingSince;

  /** The changes that the last call of the sink left unconfirmed. */
  private List<MirrorEvent> unconfirmed = List.of();

  /** Whether a run has begun and not ended. */
  private boolean runs;

  private final AtomicLong written = new AtomicLong();
  private final AtomicLong missingInAll = new AtomicLong();

  private AuditLog(String link, AuditFile file, boolean showsValues) {
    this.link = link;
    this.file = file;
    this.showsValues = showsValues;
  }

  /**
   * Makes an audit, and tries whether its file can be written. The file is open while the mirror
   * runs, so a mirror that is never started leaves nothing open.
   *
   * @param link the name of the link, which each line has
   * @param showsValues whether a line has the value besides its hash, cut and escaped
   * @throws IOException if the file cannot be opened
   */
  public static AuditLog open(String link, Path path, boolean showsValues) throws IOException {
    AuditFile file = new AuditFile(path);
    file.open();
    file.close();
    return new AuditLog(link, file, showsValues);
  }

  /** The number of changes that were written down. */
  public long written() {
    return written.get();
  }

  /** The number of changes of this run whose lines could not be written. */
  public long missing() {
    return missingInAll.get();
  }

  @Override
  public synchronized void onResumed(@Nullable Checkpoint from) {
    ObjectNode line = line("audit", "start");
    if (from != null) {
      line.put("index", from.index());
      if (from.applying() != 0) {
        line.put("applying", from.applying());
      }
    }
    runs = true;
    unconfirmed = List.of();
    add(line);
    flush();
  }

  @Override
  public synchronized void onApplied(AppliedChanges changes) {
    unconfirmed = List.of();
    add(changes, true);
  }

  @Override
  public synchronized void onUnconfirmed(AppliedChanges changes, Exception failure) {
    List<MirrorEvent> events = changes.batch().events();
    // The same call is repeated until it succeeds, which may take hours.
    if (!events.equals(unconfirmed)) {
      unconfirmed = events;
      add(changes, false);
    }
  }

  @Override
  public synchronized void onState(MirrorState before, MirrorState after) {
    // A member that stands by has ended its run; the next one begins when it leads again.
    if (runs && (after.isFinal() || after == MirrorState.STANDBY)) {
      runs = false;
      add(line("audit", "stop"));
      flush();
    }
  }

  private void add(AppliedChanges changes, boolean isConfirmed) {
    String time = Instant.now().toString();
    for (MirrorEvent event : changes.batch().events()) {
      ObjectNode line = JSON.createObjectNode().put("time", time).put("link", link);
      ChangeForm.addTo(line, event);
      if (showsValues && event instanceof MirrorEvent.Put put) {
        line.put("value", put.value().toString());
      }
      ChangeForm.addTo(line, changes.cause());
      if (!isConfirmed) {
        line.put("outcome", "unconfirmed");
      } else if (changes.sinkIndex() > 0) {
        line.put("sinkIndex", changes.sinkIndex());
      }
      add(line);
      held++;
      if (lines.size() >= MOST_BYTES) {
        flush();
      }
    }
    flush();
  }

  private ObjectNode line(String name, String value) {
    return JSON.createObjectNode()
        .put("time", Instant.now().toString())
        .put("link", link)
        .put(name, value);
  }

  private void add(ObjectNode line) {
    try {
      lines.writeBytes(JSON.writeValueAsBytes(line));
      lines.write('\n');
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void flush() {
    byte[] all = lines.toByteArray();
    long changes = held;
    lines.reset();
    held = 0;
    try {
      tellMissing();
      file.append(all);
      written.addAndGet(changes);
    } catch (IOException e) {
      missed(changes, e);
    }
    if (!runs) {
      file.close();
    }
  }

  private void missed(long changes, IOException failure) {
    missing += changes;
    missingInAll.addAndGet(changes);
    if (missingSince == null) {
      missingSince = Instant.now();
    }
    log.warn(
        ServiceLogEvent.AUDIT_NOT_WRITTEN.marker(),
        "[link={}] cannot write the audit {}: {}; the mirror goes on, and changes are missing there: {}",
        link,
        file.path(),
        failure.toString(),
        missing);
  }

  /** The first line after a failure says how much is missing. */
  private void tellMissing() throws IOException {
    Instant since = missingSince;
    if (since == null) {
      return;
    }
    ObjectNode line =
        line("audit", "missing").put("changes", missing).put("since", since.toString());
    file.append((JSON.writeValueAsString(line) + "\n").getBytes(UTF_8));
    log.warn(
        ServiceLogEvent.AUDIT_WRITTEN_AGAIN.marker(),
        "[link={}] the audit {} can be written again; changes are missing there: {}",
        link,
        file.path(),
        missing);
    missing = 0;
    missingSince = null;
  }
}
