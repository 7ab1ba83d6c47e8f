/**
 * A live cache to embed: {@link org.etcdmirror.core.live.LiveMap} holds the decoded values of a
 * prefix in memory and follows the source.
 */
@NullMarked
package org.etcdmirror.core.live;

import org.jspecify.annotations.NullMarked;
