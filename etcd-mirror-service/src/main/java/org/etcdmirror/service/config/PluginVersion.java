package org.etcdmirror.service.config;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SourceProvider;

/** Which Java a plug-in needs, by the version of its providers' class files. */
final class PluginVersion {

  private static final int MAGIC = 0xCAFEBABE;

  /** Class files of Java N have the major version N + 44. */
  private static final int MAJOR_BEFORE_FIRST = 44;

  private PluginVersion() {}

  /** The newest Java that a provider of the jar needs; 0 if the jar names no provider. */
  static int of(JarFile jar) throws IOException {
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
