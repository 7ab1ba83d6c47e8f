/** The clients of Kafka: their settings, and what their failures mean. */
@NullMarked
package org.etcdmirror.kafka.internal.client;

import org.jspecify.annotations.NullMarked;
