package org.etcdmirror.core.internal.run;

/**
 * Bounds of memory and of batches.
 *
 * @param bufferEvents the most events between reader and applier
 * @param bufferBytes the most bytes between reader and applier
 * @param batchEvents the most events that are merged into one batch
 * @param batchBytes the most bytes that are merged into one batch
 * @param deletesHeld the most deletes that a pass of a resync remembers
 * @param writesPerSecond the most keys to write in a second; {@link WriteLimit#NONE} for no limit
 */
public record Limits(
    int bufferEvents,
    long bufferBytes,
    int batchEvents,
    long batchBytes,
    int deletesHeld,
    int writesPerSecond) {}
