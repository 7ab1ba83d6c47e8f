package org.etcdmirror.file.internal.format;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Checkpoint;

/**
 * A checkpoint in a dump.
 *
 * @param link the name of the link that wrote it
 * @param checkpoint what it stored
 */
public record Stored(String link, Checkpoint checkpoint) {

  /** While a checkpoint bears this note, the data may be that of no index. */
  private static final String MUST_COMPARE = "must-compare";

  /** Whether the data is exactly that of the checkpoint's index. */
  public boolean isLevel() {
    return checkpoint.index() > 0
        && checkpoint.applying() == 0
        && !checkpoint.notes().containsKey(MUST_COMPARE);
  }

  void encode(Encoder out) {
    Instant saved = checkpoint.savedAt();
    out.text(link).number(checkpoint.index());
    out.text(checkpoint.clusterId()).text(checkpoint.scope());
    out.number(saved.getEpochSecond()).number(saved.getNano()).number(checkpoint.applying());
    out.number(checkpoint.notes().size());
    checkpoint.notes().forEach((name, value) -> out.text(name).text(value));
  }

  static Stored decode(Decoder in) {
    String link = requireNonNull(in.text(), "link");
    long index = in.number64();
    String clusterId = in.text();
    String scope = in.text();
    Instant saved = Instant.ofEpochSecond(in.number64(), in.number32());
    long applying = in.number64();
    Map<String, String> notes = new TreeMap<>();
    for (int left = in.number32(); left > 0; left--) {
      notes.put(requireNonNull(in.text(), "name"), requireNonNull(in.text(), "value"));
    }
    return new Stored(link, new Checkpoint(index, clusterId, scope, saved, applying, notes));
  }
}
