/** Makes a link from its settings, and ends the process. */
@NullMarked
package org.etcdmirror.service.run;

import org.jspecify.annotations.NullMarked;
