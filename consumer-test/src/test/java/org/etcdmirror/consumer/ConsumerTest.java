package org.etcdmirror.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs {@link Consumer} with the jars that a user gets. */
class ConsumerTest {

  private static final Path CLASSES = Path.of("target/classes");
  private static final Path LIB = Path.of("target/lib");

  /** Its jar declares a module of native code that exports nothing: only the class path works. */
  private static final String NO_MODULE = "grpc-netty-shaded";

  private static EtcdServer server;

  @BeforeAll
  static void startServer() {
    server = EtcdServer.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void v2MirrorRunsOnClassPath() throws Exception {
    assertThat(run(classPath(), v2())).isEqualTo("class path: two");
  }

  @Test
  void v2MirrorRunsOnModulePath() throws Exception {
    assertThat(run(modulePath(), v2())).isEqualTo("module path: two");
  }

  @Test
  void v3MirrorRunsOnClassPath() throws Exception {
    assertThat(run(classPath(), v3())).isEqualTo("class path: three");
  }

  @Test
  void v3MirrorRunsOnModulePath() throws Exception {
    assertThat(run(modulePath(), v3())).isEqualTo("module path: three");
  }

  private static List<String> v2() {
    long index = new V2Http(server.clientUrl()).put("/app/key", "two").modifiedIndex();
    return List.of("v2:" + server.clientUrl(), "/app", Long.toString(index), "/app/key");
  }

  private static List<String> v3() {
    long revision = new V3Http(server.clientUrl()).put("app/key", "three");
    return List.of("v3:" + server.clientUrl(), "app/", Long.toString(revision), "app/key");
  }

  private static List<String> classPath() throws IOException {
    return List.of("-cp", path(CLASSES, jars(), true), Consumer.class.getName());
  }

  private static List<String> modulePath() throws IOException {
    List<Path> named = new ArrayList<>(jars());
    List<Path> unnamed =
        named.stream().filter(jar -> jar.getFileName().toString().startsWith(NO_MODULE)).toList();
    named.removeAll(unnamed);
    return List.of(
        "-p",
        path(CLASSES, named, true),
        "-cp",
        path(CLASSES, unnamed, false),
        "-m",
        "org.etcdmirror.consumer/" + Consumer.class.getName());
  }

  private static String path(Path classes, List<Path> jars, boolean withClasses) {
    Stream<Path> first = withClasses ? Stream.of(classes) : Stream.empty();
    return Stream.concat(first, jars.stream())
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static List<Path> jars() throws IOException {
    try (Stream<Path> files = Files.list(LIB)) {
      return files.sorted().toList();
    }
  }

  /** The only line that the program printed. */
  private static String run(List<String> java, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(java);
    command.addAll(arguments);
    Path errors = Files.createTempFile("consumer", ".err");
    try {
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      String printed =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(process.waitFor()).as(() -> read(errors)).isZero();
      return printed;
    } finally {
      Files.delete(errors);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
