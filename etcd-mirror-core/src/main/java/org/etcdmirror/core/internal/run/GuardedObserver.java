package org.etcdmirror.core.internal.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.etcdmirror.core.MirrorWork;
import org.etcdmirror.core.WorkObserver;
import org.etcdmirror.core.internal.log.LogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells several observers; their ends in reverse order, as of things that contain each other.
 * Catches and logs what an observer throws, so that the engine goes on.
 */
public final class GuardedObserver implements WorkObserver {

  private static final Logger log = LoggerFactory.getLogger(GuardedObserver.class);

  private static final Ongoing NONE =
      new Ongoing() {
        @Override
        public void done(long written, long deleted) {}

        @Override
        public void undone(@Nullable Throwable why) {}
      };

  private final List<WorkObserver> observers;

  public GuardedObserver(List<WorkObserver> observers) {
    this.observers = List.copyOf(observers);
  }

  @Override
  public Ongoing begin(MirrorWork work) {
    if (observers.isEmpty()) {
      return NONE;
    }
    Deque<Ongoing> begun = new ArrayDeque<>();
    for (WorkObserver observer : observers) {
      guarded(work.link(), observer, () -> begun.push(observer.begin(work)));
    }
    return new Ongoing() {
      @Override
      public void done(long written, long deleted) {
        each(one -> one.done(written, deleted));
      }

      @Override
      public void undone(@Nullable Throwable why) {
        each(one -> one.undone(why));
      }

      private void each(Consumer<Ongoing> end) {
        begun.forEach(one -> guarded(work.link(), one, () -> end.accept(one)));
      }
    };
  }

  private static void guarded(String link, Object told, Runnable call) {
    try {
      call.run();
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      log.warn(
          LogEvent.LISTENER_THREW.marker(),
          "[link={}] observer threw, the mirror goes on: observer={}",
          link,
          told.getClass().getName(),
          e);
    }
  }
}
