package org.etcdmirror.api.internal;

/**
 * A right that a user lacks.
 *
 * @param right the right and the keys, for example {@code read on prefix '/a/'}
 * @param remedy the command that grants it, or what else to do
 */
public record MissingRight(String right, String remedy) {}
