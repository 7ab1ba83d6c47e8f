package org.etcdmirror.kafka.connect.source.record;

import org.apache.kafka.connect.header.ConnectHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What a record says, without how far the link is.
 *
 * @param topic where it goes
 * @param key of the record's type
 * @param value of the record's type; null for a key that is gone
 * @param headers what it says besides
 */
record Change(String topic, Object key, @Nullable Object value, ConnectHeaders headers) {}
