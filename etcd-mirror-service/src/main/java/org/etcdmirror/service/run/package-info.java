/** Makes a mirror from the settings of a link, and ends the process with its exit code. */
@NullMarked
package org.etcdmirror.service.run;

import org.jspecify.annotations.NullMarked;
