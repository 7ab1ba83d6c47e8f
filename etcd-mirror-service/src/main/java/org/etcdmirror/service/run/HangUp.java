package org.etcdmirror.service.run;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Catches SIGHUP. Java's only interface to signals is {@code sun.misc.Signal} of the module
 * jdk.unsupported. The compiler warns of each direct use, so the class is found by its name.
 */
public final class HangUp {

  private static final Logger log = LoggerFactory.getLogger(HangUp.class);

  private HangUp() {}

  /**
   * Has a task run at each SIGHUP, which then no longer ends the process. Where the process was
   * started with SIGHUP ignored, it stays ignored.
   *
   * @param task must be fast
   */
  public static void onSignal(Runnable task) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object runsTask =
          Proxy.newProxyInstance(
              HangUp.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, args) -> {
                task.run();
                return null;
              });
      Object hup = signal.getConstructor(String.class).newInstance("HUP");
      signal.getMethod("handle", signal, handler).invoke(null, hup, runsTask);
    } catch (ReflectiveOperationException | RuntimeException e) {
      @Nullable Throwable cause =
          e instanceof InvocationTargetException thrown ? thrown.getCause() : e;
      log.warn(
          ServiceLogEvent.SIGNAL_UNUSABLE.marker(),
          "SIGHUP cannot be caught, so it ends the service: {}",
          String.valueOf(cause));
    }
  }
}
