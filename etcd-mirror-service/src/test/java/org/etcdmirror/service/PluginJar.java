package org.etcdmirror.service;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SourceProvider;

/** Packs the plug-in of the tests as its author would. */
public final class PluginJar {

  private static final String PACKAGE = "org/etcdmirror/service/tiny/";
  private static final List<String> CLASSES =
      List.of(
          "TinyProvider",
          "TinySource",
          "TinySource$1",
          "TinySource$2",
          "ChattySource",
          "DeniedSource",
          "HangingSource",
          "GatedSource",
          "GatedSnapshot");

  private PluginJar() {}

  public static Path in(Path directory) throws IOException {
    Path jar = directory.resolve("tiny.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (String name : CLASSES) {
        String path = PACKAGE + name + ".class";
        try (InputStream in = PluginJar.class.getClassLoader().getResourceAsStream(path)) {
          add(out, path, in.readAllBytes());
        }
      }
      byte[] provider =
          "org.etcdmirror.service.tiny.TinyProvider\n".getBytes(StandardCharsets.UTF_8);
      add(out, "META-INF/services/" + SourceProvider.class.getName(), provider);
      add(out, "META-INF/services/" + SinkProvider.class.getName(), provider);
    }
    return jar;
  }

  private static void add(JarOutputStream out, String path, byte[] content) throws IOException {
    out.putNextEntry(new JarEntry(path));
    out.write(content);
    out.closeEntry();
  }
}
