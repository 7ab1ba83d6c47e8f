package org.etcdmirror.spring;

import java.time.Duration;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.Transform;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ConfigurableApplicationContext;

/** Builds the mirror of a link from its properties and beans. Nothing is connected yet. */
final class MirrorFactory {

  private final ConfigurableApplicationContext application;
  private final Duration closeTimeout;
  private final LinkBeans beans;

  MirrorFactory(ConfigurableApplicationContext application, Duration closeTimeout) {
    this.application = application;
    this.closeTimeout = closeTimeout;
    this.beans = new LinkBeans(application.getBeanFactory());
  }

  LinkBeans beans() {
    return beans;
  }

  /**
   * Builds a mirror.
   *
   * @throws LinkPropertyException if a property is wrong or missing
   * @throws LinkBeanException if beans contradict each other
   */
  EtcdMirror create(String link, LinkProperties properties) {
    MirrorScope scope = new LinkScope(link, properties).get(beans.any(Transform.class, link));
    LinkSides sides =
        new LinkSides(
            link,
            properties,
            beans,
            application.getBeanProvider(EtcdMirrorConnectionDetails.class).orderedStream().toList(),
            new Providers(loader()),
            application.getBeanProvider(SslBundles.class).getIfAvailable());
    sides.refuseSame(scope);
    EtcdMirrorBuilder builder = EtcdMirror.builder().scope(scope).closeTimeout(closeTimeout);
    new LinkOptions(link, properties).applyTo(builder, beans.any(RecoveryPolicy.class, link));
    addListeners(builder, link, properties.failFast());
    return build(builder, link, sides);
  }

  private void addListeners(EtcdMirrorBuilder builder, String link, boolean failFast) {
    beans.all(MirrorListener.class, link).forEach(builder::listener);
    builder.listener(new PublishingListener(link, application));
    if (failFast) {
      builder.listener(new FailFastListener(link, application));
    }
  }

  /** A source or a sink whose mirror is not built would stay open. */
  private EtcdMirror build(EtcdMirrorBuilder builder, String link, LinkSides sides) {
    EventSource source = sides.source();
    @Nullable EventSink sink = null;
    try {
      sink = sides.sink(source.keyModel());
      builder.source(source).sink(sink);
      beans
          .all(EtcdMirrorCustomizer.class, link)
          .forEach(customizer -> customizer.customize(link, builder));
      return builder.build();
    } catch (RuntimeException e) {
      source.close();
      if (sink != null) {
        sink.close();
      }
      throw e instanceof IllegalArgumentException wrong
          ? new LinkPropertyException(
              EtcdMirrorProperties.PREFIX + ".links." + link,
              "cannot be built: " + wrong.getMessage(),
              "correct its properties or beans",
              wrong)
          : e;
    }
  }

  private ClassLoader loader() {
    ClassLoader found = application.getClassLoader();
    return found == null ? MirrorFactory.class.getClassLoader() : found;
  }
}
