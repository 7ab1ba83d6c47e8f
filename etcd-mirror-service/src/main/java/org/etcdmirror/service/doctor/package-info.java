/** Checks both clusters before a link is started. Each check is a class; none changes a key. */
@NullMarked
package org.etcdmirror.service.doctor;

import org.jspecify.annotations.NullMarked;
