/** What the topic holds already: the deletes after a gap need it. */
@NullMarked
package org.etcdmirror.kafka.connect.source.gap;

import org.jspecify.annotations.NullMarked;
