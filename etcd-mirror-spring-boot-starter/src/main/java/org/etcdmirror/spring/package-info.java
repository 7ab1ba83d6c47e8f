/**
 * Mirrors in a Spring Boot application: one for each {@code etcd-mirror.links.<name>}.
 *
 * <p>{@link org.etcdmirror.spring.EtcdMirrors} hands the running mirrors out, {@link
 * org.etcdmirror.spring.ForLink} attaches beans to a link, and {@link
 * org.etcdmirror.spring.LinkEvent} tells what happens to it.
 */
@NullMarked
package org.etcdmirror.spring;

import org.jspecify.annotations.NullMarked;
