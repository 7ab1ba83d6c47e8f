package org.etcdmirror.v3.internal.sink;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.internal.read.SinkCheckpoint;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.jspecify.annotations.Nullable;

/**
 * The fence's key as one read has found it, and who wrote it.
 *
 * @param key the fence's key
 * @param found what is there; null if nothing is
 */
record FenceRead(Bytes key, @Nullable KeyValue found) {

  /** A whole checkpoint, as a rule. */
  private static final int LONGEST = 600;

  static FenceRead of(Bytes key, RangeResponse answer) {
    return new FenceRead(key, answer.getKvsCount() == 0 ? null : answer.getKvs(0));
  }

  boolean isMissing() {
    return found == null;
  }

  /** The revision at which the key was written last; 0 if it is missing. */
  long revision() {
    return found == null ? 0 : found.getModRevision();
  }

  /** What the key holds; null if it is missing. */
  @Nullable ByteString value() {
    return found == null ? null : found.getValue();
  }

  /**
   * The text of the key, which is there.
   *
   * @throws PermanentException if it is no checkpoint
   */
  SinkCheckpoint.Stored stored() {
    return SinkCheckpoint.parse(key, text());
  }

  private String text() {
    return requireNonNull(found, "found").getValue().toStringUtf8();
  }

  /**
   * Whether this writer wrote it. The text is not parsed, because another writer's text may be no
   * checkpoint.
   */
  boolean isWrittenBy(String writer) {
    return ("\n" + text()).contains("\nwriter=" + writer + "\n");
  }

  /**
   * Whether it is a checkpoint of an earlier run that a backup has brought back, perhaps of a
   * cluster that had come further. A rival resumes from the stored checkpoint, so its time is not
   * earlier.
   */
  boolean isOlderThan(@Nullable Checkpoint known) {
    if (known == null) {
      return false;
    }
    try {
      Checkpoint theirs = stored().checkpoint();
      return theirs != null
          && theirs.index() <= known.index()
          && theirs.savedAt().isBefore(known.savedAt());
    } catch (PermanentException noCheckpoint) {
      return false;
    }
  }

  /** The failure of a mirror that expected the key at another revision. */
  FencedException fenced(long expected) {
    String who = describeWriter();
    return new FencedException(
        who.isEmpty()
            ? "another mirror or a person changed the checkpoint %s: expected revision %d, found %s; run one mirror for each link"
                .formatted(key, expected, this)
            : "another program wrote the index of link '%s'%s: %s is at revision %d, expected revision %d; run one mirror for each link, and stop it before once and index set"
                .formatted(link(), who, key, revision(), expected));
  }

  private String link() {
    String text = key.toString();
    String own = Wire.OWN.toString();
    return text.startsWith(own) ? text.substring(own.length()) : text;
  }

  /** Host, process and start of a rival, if its text is a checkpoint that names them. */
  private String describeWriter() {
    try {
      return CheckpointWriter.describe(stored().writer());
    } catch (PermanentException noCheckpoint) {
      return "";
    }
  }

  /** For messages. */
  @Override
  public String toString() {
    return isMissing()
        ? "missing"
        : "%d holding '%s'"
            .formatted(revision(), DisplayText.of(text().strip().replace('\n', ' '), LONGEST));
  }
}
