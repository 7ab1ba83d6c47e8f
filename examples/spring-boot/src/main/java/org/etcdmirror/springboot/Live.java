package org.etcdmirror.springboot;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;

/**
 * The newest settings that could be bound. A reader takes all of them from one {@link #get}, so
 * that they belong together.
 */
final class Live<T> implements Supplier<T> {

  private static final Logger log = LoggerFactory.getLogger(Live.class);

  private final String prefix;
  private final Class<T> type;
  private final Environment environment;
  private volatile T now;

  Live(String prefix, Class<T> type, Environment environment) {
    this.prefix = prefix;
    this.type = type;
    this.environment = environment;
    this.now = bind();
  }

  @Override
  public T get() {
    return now;
  }

  /** Binds again. A value that cannot be bound changes nothing. */
  void refresh() {
    try {
      now = bind();
    } catch (BindException e) {
      log.warn(
          "{} cannot be bound, the settings of before stay: {}",
          prefix,
          NestedExceptionUtils.getMostSpecificCause(e).getMessage());
    }
  }

  private T bind() {
    return Binder.get(environment).bindOrCreate(prefix, type);
  }
}
