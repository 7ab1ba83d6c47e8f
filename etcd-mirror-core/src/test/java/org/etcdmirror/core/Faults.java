package org.etcdmirror.core;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Injected faults, by the name of the call. Safe for use by many threads. */
public final class Faults {

  /** Holds the next call of one name until it is released. */
  static final class Gate {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    void awaitReached() throws InterruptedException {
      reached.await();
    }

    void release() {
      open.countDown();
    }
  }

  private final Map<String, Deque<Throwable>> next = new HashMap<>();
  private final Map<String, Supplier<@Nullable Throwable>> always = new HashMap<>();
  private final Map<String, Gate> gates = new HashMap<>();
  private final Map<String, Integer> calls = new HashMap<>();
  private @Nullable Random random;
  private double chance;
  private boolean cutOff;

  /** The next calls fail with these, one each. */
  public synchronized void failNext(String call, Throwable... failures) {
    next.computeIfAbsent(call, name -> new ArrayDeque<>()).addAll(List.of(failures));
  }

  /** Each call fails with what the supplier gives, if it gives something. */
  public synchronized void failAlways(String call, Supplier<@Nullable Throwable> failure) {
    always.put(call, failure);
  }

  synchronized void heal(String call) {
    always.remove(call);
  }

  synchronized Gate block(String call) {
    Gate gate = new Gate();
    gates.put(call, gate);
    return gate;
  }

  /** Each call fails transiently with this probability. */
  synchronized void failRandomly(Random source, double probability) {
    random = source;
    chance = probability;
  }

  /** Whether every call fails, as for a mirror whose process is gone. */
  synchronized void cutOff(boolean now) {
    cutOff = now;
  }

  synchronized void healAll() {
    cutOff = false;
    random = null;
    always.clear();
    next.clear();
  }

  public synchronized int calls(String call) {
    return calls.getOrDefault(call, 0);
  }

  /** Whether a random fault strikes now. */
  synchronized boolean strikes() {
    return random != null && random.nextDouble() < chance;
  }

  /** Fails if a fault is due for this call. */
  void at(String call) throws IOException, InterruptedException {
    Gate gate;
    Throwable failure;
    synchronized (this) {
      calls.merge(call, 1, Integer::sum);
      gate = gates.remove(call);
      failure = failure(call);
    }
    if (gate != null) {
      gate.reached.countDown();
      gate.open.await();
    }
    if (failure != null) {
      throw Faults.<RuntimeException>unchecked(failure);
    }
  }

  private @Nullable Throwable failure(String call) {
    if (cutOff) {
      return new IOException("the process is gone");
    }
    Deque<Throwable> scripted = next.get(call);
    if (scripted != null && !scripted.isEmpty()) {
      return scripted.remove();
    }
    Supplier<@Nullable Throwable> permanent = always.get(call);
    if (permanent != null) {
      return permanent.get();
    }
    return strikes() ? new IOException("random fault at " + call) : null;
  }

  /** Lets any exception pass a signature that does not declare it, as other JVM languages do. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <T extends Throwable> RuntimeException unchecked(Throwable failure) throws T {
    throw (T) failure;
  }
}
