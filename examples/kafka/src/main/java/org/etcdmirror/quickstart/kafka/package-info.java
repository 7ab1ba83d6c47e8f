/** The incident of a quiet prefix, with Kafka between two real etcds. */
@NullMarked
package org.etcdmirror.quickstart.kafka;

import org.jspecify.annotations.NullMarked;
