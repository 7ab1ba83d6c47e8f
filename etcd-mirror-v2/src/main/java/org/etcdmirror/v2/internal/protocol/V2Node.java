package org.etcdmirror.v2.internal.protocol;

import java.util.List;
import org.etcdmirror.api.Expiry;
import org.jspecify.annotations.Nullable;

/**
 * A node of the tree, as an answer describes it.
 *
 * @param key its path; {@code /} for the root
 * @param dir whether it is a directory
 * @param value the value of a file; null for a directory and in deletes
 * @param modifiedIndex 0 for the root
 * @param createdIndex 0 for the root
 * @param expiresAt when it goes by itself; null for never
 * @param nodes what a directory holds, as far as the answer shows it, in no order
 */
public record V2Node(
    String key,
    boolean dir,
    @Nullable String value,
    long modifiedIndex,
    long createdIndex,
    @Nullable Expiry expiresAt,
    List<V2Node> nodes) {}
