package org.etcdmirror.api;

/**
 * How far back a source's events can be read.
 *
 * @param oldest the oldest index whose events are still to be had; 0 if that is not known. A stream
 *     can begin after {@code oldest - 1}, and not before it
 * @param current the newest index
 */
public record SourceHistory(long oldest, long current) {}
