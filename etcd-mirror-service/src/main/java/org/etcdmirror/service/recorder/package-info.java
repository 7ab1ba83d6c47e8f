/** Keeps the newest events and decisions of a mirror, writes them to dumps, and reads these. */
@NullMarked
package org.etcdmirror.service.recorder;

import org.jspecify.annotations.NullMarked;
