/** Topics: which one a key belongs to, what they are like, and how they are made. */
@NullMarked
package org.etcdmirror.kafka.internal.topic;

import org.jspecify.annotations.NullMarked;
