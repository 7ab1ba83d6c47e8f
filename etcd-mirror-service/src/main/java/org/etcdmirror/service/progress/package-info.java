/**
 * Shows a person how far a long copy or comparison is: as a bar on a terminal, elsewhere as lines
 * in the log.
 */
@NullMarked
package org.etcdmirror.service.progress;

import org.jspecify.annotations.NullMarked;
