/** Model servers of etcd v2 and v3, and the network to them, with its faults. */
@NullMarked
package org.etcdmirror.simulation.model;

import org.jspecify.annotations.NullMarked;
