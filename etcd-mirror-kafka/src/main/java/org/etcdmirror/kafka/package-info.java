/**
 * A sink that writes to topics of Kafka, and the provider for addresses of the form {@code
 * kafka:BROKERS/TOPIC}.
 */
@NullMarked
package org.etcdmirror.kafka;

import org.jspecify.annotations.NullMarked;
