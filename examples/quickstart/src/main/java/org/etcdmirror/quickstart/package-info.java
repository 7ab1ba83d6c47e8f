/** The incident that etcd-mirror was made for, played on this machine with real servers. */
@NullMarked
package org.etcdmirror.quickstart;

import org.jspecify.annotations.NullMarked;
