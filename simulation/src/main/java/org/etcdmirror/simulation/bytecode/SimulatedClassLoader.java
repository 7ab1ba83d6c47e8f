package org.etcdmirror.simulation.bytecode;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes of the mirror, and those that drive it, rewritten. Everything else comes from
 * the parent: the scheduler, the model servers, the messages, the clients' libraries.
 */
public final class SimulatedClassLoader extends ClassLoader {

  /** Back-offs are drawn in resilience4j. */
  private static final List<String> REWRITTEN =
      List.of(
          "org.etcdmirror.api.",
          "org.etcdmirror.core.",
          "org.etcdmirror.v2.",
          "org.etcdmirror.v3.",
          "org.etcdmirror.simulation.life.",
          "io.github.resilience4j.");

  private static final String MESSAGES = "org.etcdmirror.v3.rpc.";

  static {
    registerAsParallelCapable();
  }

  private final Guards guards;

  /**
   * Creates a loader.
   *
   * @param guards what is taken out of the mirror on purpose
   */
  public SimulatedClassLoader(ClassLoader parent, Guards guards) {
    super(parent);
    this.guards = guards;
  }

  private static boolean isRewritten(String name) {
    return !name.startsWith(MESSAGES) && REWRITTEN.stream().anyMatch(name::startsWith);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!isRewritten(name)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      @Nullable Class<?> loaded = findLoadedClass(name);
      return loaded == null ? rewritten(name) : loaded;
    }
  }

  private Class<?> rewritten(String name) throws ClassNotFoundException {
    String file = name.replace('.', '/') + ".class";
    try (InputStream in = getParent().getResourceAsStream(file)) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] code = guards.without(name, in.readAllBytes());
      byte[] simulated = ClassRewriter.rewrite(code);
      return defineClass(name, simulated, 0, simulated.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
