package org.etcdmirror.core.internal.run;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.DeleteLimit;

/**
 * What a mirror may do without an approval.
 *
 * @param deleteLimit how much a resync may delete
 * @param limitGiven whether the user named the limit, which approves deletes up to it in advance,
 *     those of a first copy too
 * @param requiresEmpty whether a first copy fails if the sink holds something already
 * @param formerPrefixes the sink's prefixes outside of the present scope under which entries of
 *     former scopes may be deleted
 */
public record Consent(
    DeleteLimit deleteLimit,
    boolean limitGiven,
    boolean requiresEmpty,
    List<Bytes> formerPrefixes) {}
