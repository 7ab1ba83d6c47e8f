/** What a person sets, and what it means: the links, their topics, and what is wrong with it. */
@NullMarked
package org.etcdmirror.kafka.connect.source.plan;

import org.jspecify.annotations.NullMarked;
