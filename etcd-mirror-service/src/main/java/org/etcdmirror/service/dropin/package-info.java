/** The command that takes the place of the older program etcdmirror. It translates to a link. */
@NullMarked
package org.etcdmirror.service.dropin;

import org.jspecify.annotations.NullMarked;
