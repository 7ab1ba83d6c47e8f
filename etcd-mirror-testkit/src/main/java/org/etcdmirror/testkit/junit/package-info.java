/** JUnit 5 tests with real etcd servers as parameters. */
@NullMarked
package org.etcdmirror.testkit.junit;

import org.jspecify.annotations.NullMarked;
