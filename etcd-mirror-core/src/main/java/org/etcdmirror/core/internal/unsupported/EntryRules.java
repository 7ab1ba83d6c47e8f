package org.etcdmirror.core.internal.unsupported;

import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.jspecify.annotations.Nullable;

/**
 * Decides from one entry alone whether a sink can hold it. Remembers nothing.
 *
 * @param mapper how keys are named on both sides
 * @param sink who is asked
 */
public record EntryRules(KeyMapper mapper, EventSink sink) {

  /** Whether there is anything to ask; where keys are named alike on both sides there is not. */
  public boolean areNeeded() {
    return mapper.changesModel() || mapper.mayMakeOwn();
  }

  /** Whether one key may rule out another: keys become paths, but the source does not know it. */
  public boolean findClashes() {
    return mapper.makesPaths();
  }

  /** Why the sink can never hold the entry, which bears the sink's key; null if it may. */
  @Nullable
  public Refusal refusal(Entry entry) {
    String reason = areNeeded() ? reason(entry) : null;
    return reason == null ? null : new Refusal(entry.key(), reason);
  }

  private @Nullable String reason(Entry entry) {
    if (mapper.isOwnInSink(entry.key())) {
      return "this name is reserved for the indexes of mirrors";
    }
    if (!mapper.changesModel()) {
      return null;
    }
    String reason = mapper.refusal(entry.key());
    return reason == null ? sink.refusal(entry) : reason;
  }
}
