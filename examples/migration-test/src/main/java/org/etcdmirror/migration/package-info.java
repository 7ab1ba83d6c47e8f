/** A small application that keeps pools of hosts in etcd: in v2 today, in v3 tomorrow. */
@NullMarked
package org.etcdmirror.migration;

import org.jspecify.annotations.NullMarked;
