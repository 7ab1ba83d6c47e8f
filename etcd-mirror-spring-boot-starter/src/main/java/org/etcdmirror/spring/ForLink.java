package org.etcdmirror.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Attaches a bean to links, by the names of their properties: {@code @ForLink("orders")} belongs to
 * {@code etcd-mirror.links.orders}. On the method or the class of a bean.
 *
 * <p>An {@link org.etcdmirror.api.EventSource} or {@link org.etcdmirror.api.EventSink} is used only
 * with this annotation, for one link, in place of the address; its mirror owns and closes it. A
 * {@link org.etcdmirror.core.RecoveryPolicy}, a {@link org.etcdmirror.core.Transform}, a {@link
 * org.etcdmirror.core.MirrorListener} or an {@link EtcdMirrorCustomizer} without it is used for all
 * links.
 */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface ForLink {

  /** The names of the links. */
  String[] value();
}
