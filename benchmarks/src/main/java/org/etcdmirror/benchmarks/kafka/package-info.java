/** Measures the sink of Kafka beside a plain producer that is fed by the same watch. */
@NullMarked
package org.etcdmirror.benchmarks.kafka;

import org.jspecify.annotations.NullMarked;
