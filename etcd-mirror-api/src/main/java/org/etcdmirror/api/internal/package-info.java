/** What the modules of etcd-mirror share and no plug-in needs. It may change at any time. */
@NullMarked
package org.etcdmirror.api.internal;

import org.jspecify.annotations.NullMarked;
