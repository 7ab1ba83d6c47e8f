package org.etcdmirror.kafka.connect.source.sink;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkContext;

/** The keys that a mirror may write and delete. Immutable. */
final class OwnedKeys {

  private final KeyModel model;
  private final List<Bytes> prefixes = new ArrayList<>();

  OwnedKeys(SinkContext context) {
    this.model = context.sourceKeyModel();
    context.prefixes().forEach(prefix -> prefixes.add(meant(prefix)));
    context.formerPrefixes().forEach(prefix -> prefixes.add(meant(prefix)));
  }

  /** A path may end in a slash, and means the same without it. */
  private Bytes meant(Bytes prefix) {
    String text = prefix.textOrHex();
    boolean isLong = model == KeyModel.PATHS && text.length() > 1 && text.endsWith("/");
    return isLong ? Bytes.utf8(text.substring(0, text.length() - 1)) : prefix;
  }

  boolean contain(Bytes key) {
    return !OwnKeys.contains(key)
        && prefixes.stream().anyMatch(prefix -> model.covers(prefix, key));
  }

  /** Refuses events elsewhere. A deleted tree takes away only what is owned. */
  void require(List<MirrorEvent> events) {
    for (MirrorEvent event : events) {
      if (!(event instanceof DeleteTree) && !contain(event.key())) {
        throw new PermanentException(
            "write refused: key '%s' at index %d is outside of the prefixes %s"
                .formatted(event.key(), event.index(), prefixes));
      }
    }
  }
}
