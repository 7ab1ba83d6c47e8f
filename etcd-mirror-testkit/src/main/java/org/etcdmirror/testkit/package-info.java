/**
 * Tests a source, a sink or an index store of etcd-mirror against real servers and real faults.
 *
 * <p>{@link org.etcdmirror.testkit.etcd.EtcdServer} and {@link
 * org.etcdmirror.testkit.etcd.EtcdCluster} run real etcd servers, {@link
 * org.etcdmirror.testkit.fault.FaultProxy} breaks the connections to them, {@link
 * org.etcdmirror.testkit.etcd.V2Http} and {@link org.etcdmirror.testkit.etcd.PipelinedWriter} write
 * to them without using the product, and the {@code ...Contract} classes are JUnit 5 tests to be
 * extended by the tests of an implementation.
 */
@NullMarked
package org.etcdmirror.testkit;

import org.jspecify.annotations.NullMarked;
