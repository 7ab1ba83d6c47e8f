package org.etcdmirror.core.internal.run;

import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.DeleteLimit;

/**
 * What a mirror may do without an approval, besides the {@link DeleteLimit}.
 *
 * @param limitGiven whether the limit was named, which approves deletes up to it in advance, those
 *     of a first copy too
 * @param requiresEmpty whether a first copy fails where the sink holds something already
 * @param formerPrefixes under which what former scopes left in the sink may be deleted, though it
 *     is outside of the present prefixes; as the sink's prefixes are understood
 * @param lookAgain how long after a question both sides are looked at again, at first and at most
 */
public record Consent(
    boolean limitGiven,
    boolean requiresEmpty,
    List<Bytes> formerPrefixes,
    Backoff.Range lookAgain) {

  /** A look costs a reading of both sides, so the pauses between them grow. */
  public static final Backoff.Range LOOK_AGAIN =
      new Backoff.Range(Duration.ofSeconds(10), Duration.ofMinutes(1));
}
