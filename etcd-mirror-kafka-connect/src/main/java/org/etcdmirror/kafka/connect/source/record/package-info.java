/** What a record says about a change, and what a heartbeat says about a link. */
@NullMarked
package org.etcdmirror.kafka.connect.source.record;

import org.jspecify.annotations.NullMarked;
