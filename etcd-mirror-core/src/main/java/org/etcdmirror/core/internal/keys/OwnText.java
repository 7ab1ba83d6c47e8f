package org.etcdmirror.core.internal.keys;

import java.nio.charset.StandardCharsets;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.LoopException;
import org.jspecify.annotations.Nullable;

/**
 * The text that only this mirror's checkpoints hold. Where an entry of the source's data holds it,
 * what the mirror writes comes back to it under another name. Immutable.
 */
public final class OwnText {

  private static final String REMEDY =
      "a proxy between this mirror and its clusters renames keys (such as 'etcd grpc-proxy --namespace'), or another mirror copies them back; change the prefixes or the endpoints so that the source does not cover the sink's keys, and delete the surplus keys";

  /** Of a mirror whose store signs nothing. */
  static final OwnText NONE = new OwnText("", null);

  private final String link;
  private final byte[] text;

  /**
   * Such a text.
   *
   * @param signature as {@link org.etcdmirror.api.IndexStore#signature} tells it
   */
  public OwnText(String link, @Nullable String signature) {
    this.link = link;
    this.text = signature == null ? new byte[0] : signature.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Refuses what the mirror wrote itself.
   *
   * @throws LoopException if the value holds the text
   */
  void refuse(Put put) {
    if (text.length > 0 && isIn(put.value())) {
      throw echo(
          link,
          "the source holds this mirror's own checkpoint as data at key '%s', index %d"
              .formatted(DisplayText.of(put.key()), put.index()));
    }
  }

  private boolean isIn(Bytes value) {
    for (int from = 0; from <= value.size() - text.length; from++) {
      int same = 0;
      while (same < text.length && value.at(from + same) == text[same]) {
        same++;
      }
      if (same == text.length) {
        return true;
      }
    }
    return false;
  }

  /**
   * The mirror found by what it read that it reads what it writes.
   *
   * @param found what it read
   */
  public static LoopException echo(String link, String found) {
    return new LoopException(
        "loop: link '%s' reads its own writes: %s; %s".formatted(link, found, REMEDY));
  }
}
