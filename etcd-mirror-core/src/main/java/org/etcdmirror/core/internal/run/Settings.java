package org.etcdmirror.core.internal.run;

import org.etcdmirror.core.CatchUp;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.Standby;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.Verification;
import org.jspecify.annotations.Nullable;

/**
 * What the user chose. Immutable.
 *
 * @param link the name of the link
 * @param scope what is mirrored
 * @param expiry what becomes of times to live
 * @param policy what is done about gaps
 * @param comparesAtStart whether each start compares both sides
 * @param consent what may be done without an approval
 * @param unsupportedEntries what becomes of entries that the sink cannot hold
 * @param catchUp what becomes of a backlog
 * @param verification when source and sink are compared; null for never
 * @param showValues whether reports have the values of keys
 * @param standby which member of the link this is; null if there is no other
 * @param limits bounds of memory and of batches
 * @param timings intervals and pauses
 */
public record Settings(
    String link,
    MirrorScope scope,
    ExpiryPolicy expiry,
    RecoveryPolicy policy,
    boolean comparesAtStart,
    Consent consent,
    UnsupportedEntries unsupportedEntries,
    CatchUp catchUp,
    @Nullable Verification verification,
    boolean showValues,
    @Nullable Standby standby,
    Limits limits,
    Timings timings) {

  /** Whether times to live are copied to the sink. */
  public boolean copiesExpiry() {
    return expiry == ExpiryPolicy.COPY;
  }
}
