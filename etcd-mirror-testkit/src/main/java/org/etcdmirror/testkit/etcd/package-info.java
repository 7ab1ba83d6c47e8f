/** Real etcd servers and clusters for tests, and small clients to prepare and check them. */
@NullMarked
package org.etcdmirror.testkit.etcd;

import org.jspecify.annotations.NullMarked;
