package org.etcdmirror.service.config;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SourceProvider;
import org.jspecify.annotations.Nullable;

/** Loads a directory of plug-in jars. */
final class Plugins {

  private static final int MAGIC = 0xCAFEBABE;

  /** Class files of Java N have the major version N + 44. */
  private static final int MAJOR_BEFORE_FIRST = 44;

  /** By the jars. Each link asks for its own, also when the configuration is read again. */
  private static final Map<List<Path>, ClassLoader> LOADERS = new ConcurrentHashMap<>();

  private Plugins() {}

  /**
   * Returns a loader for their classes and the service's own. It stays open until the process ends,
   * so there is one for the same jars.
   */
  static ClassLoader loader(@Nullable Given given) {
    ClassLoader own = Plugins.class.getClassLoader();
    if (given == null) {
      return own;
    }
    List<Path> jars = jars(given);
    URL[] urls = urls(given, jars);
    return LOADERS.computeIfAbsent(jars, any -> new URLClassLoader(urls, own));
  }

  private static URL[] urls(Given given, List<Path> jars) {
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      // A class loader does not report a jar that it cannot open.
      try (JarFile opened = new JarFile(jar.toFile())) {
        int needed = neededJava(opened);
        if (needed > Runtime.version().feature()) {
          throw given.wrong(
              "'%s' needs Java %d or newer, and this is Java %d"
                  .formatted(jar, needed, Runtime.version().feature()));
        }
        urls.add(Path.of(opened.getName()).toUri().toURL());
      } catch (MalformedURLException e) {
        throw new IllegalStateException("each file has a URL", e);
      } catch (IOException e) {
        throw given.wrong("'%s' cannot be read: %s".formatted(jar, e.getMessage()), e);
      }
    }
    return urls.toArray(URL[]::new);
  }

  /** Sorted by name, so that the order is the same on each machine. */
  private static List<Path> jars(Given given) {
    List<Path> jars = new ArrayList<>();
    try {
      Path directory = Path.of(given.text());
      if (!Files.isDirectory(directory)) {
        throw given.wrong("there is no directory '" + directory + "'");
      }
      try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.jar")) {
        found.forEach(jars::add);
      }
    } catch (IOException | InvalidPathException e) {
      throw given.wrong("'%s' cannot be read: %s".formatted(given.text(), e.getMessage()), e);
    }
    Collections.sort(jars);
    return List.copyOf(jars);
  }

  /** The newest Java that a provider of the jar needs; 0 if the jar names no provider. */
  private static int neededJava(JarFile jar) throws IOException {
    int newest = 0;
    for (Class<?> kind : List.of(SourceProvider.class, SinkProvider.class)) {
      JarEntry services = jar.getJarEntry("META-INF/services/" + kind.getName());
      if (services != null) {
        for (String provider : read(jar, services).lines().toList()) {
          newest = Math.max(newest, ofClass(jar, provider.strip()));
        }
      }
    }
    return newest;
  }

  private static String read(JarFile jar, JarEntry entry) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      return new String(in.readNBytes(1 << 16), StandardCharsets.UTF_8);
    }
  }

  /** 0 if the class is not in this jar; the ServiceLoader says so then. */
  private static int ofClass(JarFile jar, String name) throws IOException {
    JarEntry entry = jar.getJarEntry(name.replace('.', '/') + ".class");
    if (entry == null) {
      return 0;
    }
    try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
      if (in.readInt() != MAGIC) {
        return 0;
      }
      in.readUnsignedShort(); // The minor version.
      return in.readUnsignedShort() - MAJOR_BEFORE_FIRST;
    }
  }
}
