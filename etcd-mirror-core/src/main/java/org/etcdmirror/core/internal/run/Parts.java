package org.etcdmirror.core.internal.run;

import java.time.Duration;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.core.CatchUp;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.Verification;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The settings and the shared state of the engine's parts. */
public record Parts(
    String link,
    InspectableSource source,
    EventSink sink,
    IndexStore indexStore,
    KeyMapper mapper,
    String scopeFingerprint,
    boolean copiesExpiry,
    RecoveryPolicy policy,
    DeleteLimit deleteLimit,
    int maxDeletesHeld,
    int maxBatchEvents,
    long maxBatchBytes,
    int bufferEvents,
    long bufferBytes,
    Duration closeTimeout,
    Backoff.Range backoff,
    StateMachine states,
    Progress progress,
    MirrorListener listener,
    Shutdown shutdown,
    UnsupportedEntries unsupportedEntries,
    MirrorScope scope,
    CatchUp catchUp,
    @Nullable Verification verifySchedule,
    GapLedger gaps,
    Approvals approvals,
    Pause pause,
    Doubts doubts,
    Duration historyInterval,
    Duration awayInterval,
    Duration sinkInterval,
    Consent consent,
    SinkOpening opening) {

  /** Closes source, sink and index store, whatever any of them throws. */
  public void close() {
    closeQuietly("source", source);
    closeQuietly("sink", sink);
    if (indexStore != sink) {
      closeQuietly("index store", indexStore);
    }
  }

  private void closeQuietly(String what, AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      LoggerFactory.getLogger(Parts.class).warn("[link={}] closing the {} failed", link, what, e);
    }
  }

  /**
   * The largest batch that is applied as one with its index; no bound where that is not done. A
   * sink may lower it at any time.
   */
  public long maxAtomicBytes() {
    return sink instanceof AtomicSink both && both == indexStore
        ? both.maxAtomicBytes()
        : Long.MAX_VALUE;
  }
}
