/** JUnit tests with two etcd servers and a mirror between them: {@link MirroredEtcd}. */
@NullMarked
package org.etcdmirror.junit;

import org.jspecify.annotations.NullMarked;
