/** A shop whose settings follow the keys under {@code /config/} in an etcd. */
@NullMarked
package org.etcdmirror.springboot;

import org.jspecify.annotations.NullMarked;
