package org.etcdmirror.core.internal.run;

import java.time.Duration;
import org.etcdmirror.core.VerifyAction;

/**
 * The schedule by which a running mirror compares source and sink.
 *
 * @param every the time from the end of one comparison to the begin of the next
 * @param action what is done about differences
 * @param entriesPerSecond how fast each side is read at most
 */
public record VerifySettings(Duration every, VerifyAction action, long entriesPerSecond) {}
