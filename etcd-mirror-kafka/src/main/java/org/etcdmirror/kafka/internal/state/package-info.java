/** What the sink stores with each transaction: the fence and the checkpoint. */
@NullMarked
package org.etcdmirror.kafka.internal.state;

import org.jspecify.annotations.NullMarked;
