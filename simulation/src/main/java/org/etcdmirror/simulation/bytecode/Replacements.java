package org.etcdmirror.simulation.bytecode;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etcdmirror.simulation.model.Network;
import org.etcdmirror.simulation.model.SilentSocket;
import org.etcdmirror.simulation.schedule.SimulatedCalls;
import org.etcdmirror.simulation.schedule.SimulatedLatch;
import org.etcdmirror.simulation.schedule.SimulatedQueue;
import org.etcdmirror.simulation.schedule.SimulatedRandom;
import org.etcdmirror.simulation.schedule.SimulatedSemaphore;
import org.etcdmirror.simulation.schedule.SimulatedThread;
import org.etcdmirror.simulation.schedule.SimulatedTimer;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Type;

/** What is called, and what is created, in place of what the JDK and the clients offer. */
final class Replacements {

  /** A static method with the receiver as its first parameter, if it had one. */
  record Call(String owner, String name, String descriptor) {}

  private static final String CALLS = Type.getInternalName(SimulatedCalls.class);

  /** Created in place of a class: a subclass with the same constructors. */
  private static final Map<String, String> CLASSES =
      Map.of(
          "java/lang/Thread", Type.getInternalName(SimulatedThread.class),
          "java/util/concurrent/CountDownLatch", Type.getInternalName(SimulatedLatch.class),
          "java/util/concurrent/LinkedBlockingQueue", Type.getInternalName(SimulatedQueue.class),
          "java/util/concurrent/Semaphore", Type.getInternalName(SimulatedSemaphore.class),
          "java/util/concurrent/ScheduledThreadPoolExecutor",
              Type.getInternalName(SimulatedTimer.class),
          "java/net/Socket", Type.getInternalName(SilentSocket.class),
          "java/security/SecureRandom", Type.getInternalName(SimulatedRandom.class));

  /** The JDK's classes of which static methods are replaced, by method. */
  private static final Map<String, List<String>> STATIC =
      Map.of(
          "java/lang/System", List.of("nanoTime", "currentTimeMillis"),
          "java/time/Instant", List.of("now"),
          "java/lang/Thread", List.of("sleep", "interrupted"),
          "java/util/UUID", List.of("randomUUID"),
          "java/lang/Math", List.of("random"),
          "java/util/concurrent/Executors",
              List.of("newCachedThreadPool", "newSingleThreadScheduledExecutor"));

  /** The same of methods of objects. An empty owner stands for any. */
  private static final Map<String, List<String>> VIRTUAL =
      Map.of(
          "java/lang/Thread", List.of("isAlive", "join"),
          "java/util/concurrent/TimeUnit", List.of("timedWait"),
          "java/util/concurrent/CompletableFuture", List.of("get", "join"),
          "java/util/concurrent/Future", List.of("get"),
          "java/lang/ProcessHandle", List.of("pid"),
          "java/util/concurrent/ThreadLocalRandom", List.of("nextInt"));

  private static final Set<String> MONITOR =
      Set.of("wait()V", "wait(J)V", "wait(JI)V", "notify()V", "notifyAll()V");

  /** What {@link SimulatedCalls} offers, as name and descriptor. */
  private static final Set<String> OFFERED = offered();

  private static final Map<String, Call> CLIENTS = clients();

  private Replacements() {}

  private static Set<String> offered() {
    Set<String> found = new HashSet<>();
    for (Method method : SimulatedCalls.class.getMethods()) {
      if (Modifier.isStatic(method.getModifiers())) {
        found.add(method.getName() + Type.getMethodDescriptor(method));
      }
    }
    return found;
  }

  private static Map<String, Call> clients() {
    Map<String, Call> found = new HashMap<>();
    found.put("okhttp3/OkHttpClient$Builder.build()Lokhttp3/OkHttpClient;", ofNetwork("client"));
    found.put(
        "io/grpc/CallOptions.withDeadlineAfter(JLjava/util/concurrent/TimeUnit;)Lio/grpc/CallOptions;",
        ofNetwork("withDeadlineAfter"));
    return found;
  }

  private static Call ofNetwork(String name) {
    Method method =
        Arrays.stream(Network.class.getMethods())
            .filter(each -> each.getName().equals(name))
            .findAny()
            .orElseThrow();
    return new Call(Type.getInternalName(Network.class), name, Type.getMethodDescriptor(method));
  }

  static String created(String owner) {
    return CLASSES.getOrDefault(owner, owner);
  }

  static boolean isReplaced(String owner) {
    return CLASSES.containsKey(owner);
  }

  /** The replacement of a static method; null for none. */
  static @Nullable Call ofStatic(String owner, String name, String descriptor) {
    if (!STATIC.getOrDefault(owner, List.of()).contains(name)) {
      return null;
    }
    if (!OFFERED.contains(name + descriptor)) {
      throw new IllegalStateException("not simulated: %s.%s%s".formatted(owner, name, descriptor));
    }
    return new Call(CALLS, name, descriptor);
  }

  /** The replacement of an object's method; null for none. */
  static @Nullable Call ofVirtual(String owner, String name, String descriptor) {
    Call client = CLIENTS.get(owner + "." + name + descriptor);
    if (client != null) {
      return client;
    }
    boolean isMonitor = MONITOR.contains(name + descriptor);
    if (!isMonitor && !VIRTUAL.getOrDefault(owner, List.of()).contains(name)) {
      return null;
    }
    String receiver = isMonitor ? "java/lang/Object" : owner;
    String full = "(L" + receiver + ";" + descriptor.substring(1);
    if (!OFFERED.contains(name + full)) {
      throw new IllegalStateException("not simulated: %s.%s%s".formatted(owner, name, descriptor));
    }
    return new Call(CALLS, name, full);
  }
}
