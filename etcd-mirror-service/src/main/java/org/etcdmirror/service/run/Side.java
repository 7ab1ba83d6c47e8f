package org.etcdmirror.service.run;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.Set;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a source, a sink or a store, and before their streams and snapshots, and says on
 * which side it was that something failed for good: what they throw themselves tells no side.
 */
final class Side implements InvocationHandler {

  private final String name;
  private final Object target;

  private Side(String name, Object target) {
    this.name = name;
    this.target = target;
  }

  /**
   * The same object in all its roles, with the name before the message of each permanent failure.
   *
   * @param name what to write before the message
   */
  static <T> T named(String name, Class<T> role, T target) {
    Set<Class<?>> roles = new LinkedHashSet<>(Set.of(role));
    for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
      collect(type, roles);
    }
    return role.cast(
        Proxy.newProxyInstance(
            Side.class.getClassLoader(), roles.toArray(Class<?>[]::new), new Side(name, target)));
  }

  private static void collect(Class<?> type, Set<Class<?>> roles) {
    for (Class<?> implemented : type.getInterfaces()) {
      if (isOfTheApi(implemented)) {
        roles.add(implemented);
      }
      collect(implemented, roles);
    }
  }

  private static boolean isOfTheApi(Class<?> type) {
    return type.getPackage().equals(PermanentException.class.getPackage());
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    try {
      Object result = method.invoke(target, args);
      if (result == target) {
        // A sink that is its own index store.
        return proxy;
      }
      if (result instanceof IndexStore store) {
        return named(name, IndexStore.class, store);
      }
      if (result instanceof Snapshot snapshot) {
        return named(name, Snapshot.class, snapshot);
      }
      return result instanceof EventStream stream ? named(name, EventStream.class, stream) : result;
    } catch (InvocationTargetException e) {
      Throwable cause = e.getTargetException();
      throw cause instanceof PermanentException failure && !isKnown(failure)
          ? new PermanentException(name + ": " + failure.getMessage(), failure)
          : cause;
    }
  }

  /** The engine tells these by their type. */
  private static boolean isKnown(PermanentException failure) {
    return failure.getClass() != PermanentException.class && isOfTheApi(failure.getClass());
  }
}
