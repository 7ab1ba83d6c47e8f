package org.etcdmirror.service.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.core.AppliedChanges.Cause;
import org.jspecify.annotations.Nullable;

/** The JSON of a change, without its value. Programs read this, so a property keeps its name. */
public final class ChangeForm {

  private ChangeForm() {}

  /** Adds what happened to the key. */
  public static void addTo(ObjectNode line, MirrorEvent event) {
    line.put("index", event.index());
    line.put("key", event.key().textOrHex());
    line.put("action", action(event));
    if (event instanceof MirrorEvent.Put put) {
      line.put("valueSha256", ValueHash.of(put.value()));
      line.put("valueBytes", put.value().size());
    }
    Expiry expiry = expiry(event);
    if (expiry != null) {
      line.put("secondsToLive", expiry.left().toSeconds());
    }
  }

  /** Adds why. */
  public static void addTo(ObjectNode line, Cause cause) {
    line.put("reason", cause.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    Gap gap = cause.gap();
    if (gap != null && gap.reason() != Gap.Reason.NO_CHECKPOINT) {
      line.put("gap", gap.reason().name());
    }
  }

  private static String action(MirrorEvent event) {
    if (event instanceof MirrorEvent.Put) {
      return "put";
    } else if (event instanceof MirrorEvent.MakeDirectory) {
      return "mkdir";
    } else if (event instanceof MirrorEvent.Delete) {
      return "delete";
    } else if (event instanceof MirrorEvent.DeleteTree) {
      return "delete-tree";
    }
    return "refresh";
  }

  private static @Nullable Expiry expiry(MirrorEvent event) {
    Expiry expiry = null;
    if (event instanceof MirrorEvent.Entry entry) {
      expiry = entry.expiresAt();
    } else if (event instanceof MirrorEvent.Refresh refresh) {
      expiry = refresh.expiresAt();
    }
    return Expiry.UNTOLD.equals(expiry) ? null : expiry;
  }
}
