/** Code that the modules of etcd-mirror share. Not for plug-ins: it may change at any time. */
@NullMarked
package org.etcdmirror.api.internal;

import org.jspecify.annotations.NullMarked;
