package org.etcdmirror.file.internal.dump;

import org.jspecify.annotations.Nullable;

/**
 * Where a writer goes on: what it knows to be the end of the dump.
 *
 * @param log the first group of the newest log; null if there is no log
 * @param end where its last group ends
 * @param group the number of the last group
 * @param commitAt where the commit of that group begins in the newest log; -1 if it is not there
 * @param attempt the random number of the attempt that wrote it
 */
record Position(@Nullable Long log, long end, long group, long commitAt, long attempt) {}
