package org.etcdmirror.kafka.internal.write;

import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkContext;

/** The keys that the mirror may touch. Under former prefixes it only deletes. */
public final class Prefixes {

  private final KeyModel model;
  private final List<Bytes> present;
  private final List<Bytes> all;

  /** Those of a mirror. */
  public Prefixes(SinkContext context) {
    this.model = context.sourceKeyModel();
    this.present = meant(context.prefixes());
    this.all = Stream.concat(present.stream(), meant(context.formerPrefixes()).stream()).toList();
  }

  /** A path may end in a slash. */
  private List<Bytes> meant(List<Bytes> given) {
    return model == KeyModel.BYTES ? given : given.stream().map(Prefixes::path).toList();
  }

  private static Bytes path(Bytes prefix) {
    String text = prefix.utf8();
    return text.length() > 1 && text.endsWith("/")
        ? Bytes.utf8(text.substring(0, text.length() - 1))
        : prefix;
  }

  /** Refuses an event of a key elsewhere. */
  void require(MirrorEvent event) {
    if (event instanceof MirrorEvent.DeleteTree) {
      return; // It takes away only what is owned.
    }
    List<Bytes> allowed = event instanceof MirrorEvent.Delete ? all : present;
    if (allowed.stream().noneMatch(prefix -> model.covers(prefix, event.key()))) {
      throw new PermanentException(
          "write refused: key '%s' at index %d is outside the sink's prefixes %s"
              .formatted(event.key(), event.index(), present));
    }
  }

  /** Whether a tree delete may take the key away. */
  boolean owns(Bytes key) {
    return !OwnKeys.contains(key) && all.stream().anyMatch(prefix -> model.covers(prefix, key));
  }
}
