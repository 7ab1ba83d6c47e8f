/** The log: one line an event, and a limit for lines that repeat. */
@NullMarked
package org.etcdmirror.service.log;

import org.jspecify.annotations.NullMarked;
