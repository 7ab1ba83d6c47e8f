package org.etcdmirror.kafka.connect;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.kafka.KafkaSink;
import org.etcdmirror.kafka.connect.source.EtcdSourceConnector;
import org.etcdmirror.v2.V2Source;
import org.etcdmirror.v3.V3Source;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers bring SLF4J 1.7, so what runs in them must not call what came with SLF4J 2. */
class Slf4jCallsTest {

  /** The classes of 1.7, and the names of their methods that our modules may call. */
  private static final Set<String> OF_1_7 =
      Set.of(
          "org/slf4j/LoggerFactory.getLogger",
          "org/slf4j/LoggerFactory.getILoggerFactory",
          "org/slf4j/Logger.getName",
          "org/slf4j/Logger.isTraceEnabled",
          "org/slf4j/Logger.isDebugEnabled",
          "org/slf4j/Logger.isInfoEnabled",
          "org/slf4j/Logger.isWarnEnabled",
          "org/slf4j/Logger.isErrorEnabled",
          "org/slf4j/Logger.trace",
          "org/slf4j/Logger.debug",
          "org/slf4j/Logger.info",
          "org/slf4j/Logger.warn",
          "org/slf4j/Logger.error",
          "org/slf4j/MarkerFactory.getMarker",
          "org/slf4j/MDC.put",
          "org/slf4j/MDC.get",
          "org/slf4j/MDC.remove",
          "org/slf4j/MDC.clear",
          "org/slf4j/MDC.putCloseable",
          "org/slf4j/MDC.getCopyOfContextMap",
          "org/slf4j/MDC.setContextMap",
          "org/slf4j/MDC$MDCCloseable.close");

  @ParameterizedTest
  @ValueSource(
      classes = {
        Bytes.class,
        EtcdMirror.class,
        V2Source.class,
        V3Source.class,
        KafkaSink.class,
        EtcdSourceConnector.class
      })
  void aModuleCallsOnlyWhatSlf4j17Has(Class<?> ofModule) throws Exception {
    Set<String> calls = new TreeSet<>();
    Path place = Path.of(ofModule.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      addCalls(place, calls);
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(place)) {
        addCalls(jar.getPath("/"), calls);
      }
    }
    calls.removeAll(OF_1_7);
    assertThat(calls).isEmpty();
  }

  /** Else the test above would find nothing anywhere. */
  @Test
  void aCallOfTheFluentInterfaceIsFound() throws Exception {
    Set<String> calls = new TreeSet<>();
    try (var own = Slf4jCallsTest.class.getResourceAsStream("Slf4jCallsTest$Fluent.class")) {
      addCalls(own.readAllBytes(), calls);
    }
    calls.removeAll(OF_1_7);
    assertThat(calls).contains("org/slf4j/Logger.atInfo");
  }

  /** Never called. */
  static final class Fluent {
    void log() {
      org.slf4j.LoggerFactory.getLogger(Fluent.class).atInfo().log("fluent");
    }
  }

  private static void addCalls(Path root, Set<String> calls) throws IOException {
    List<Path> classes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      files.filter(file -> file.toString().endsWith(".class")).forEach(classes::add);
    }
    assertThat(classes).isNotEmpty();
    for (Path one : classes) {
      addCalls(Files.readAllBytes(one), calls);
    }
  }

  private static void addCalls(byte[] file, Set<String> calls) {
    try {
      ConstantPool.read(file)
          .methods()
          .filter(name -> name.startsWith("org/slf4j/"))
          .forEach(calls::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The constants of a class file, as the JVM's specification lays them out. */
  private record ConstantPool(List<@Nullable Object> entries) {

    private static final int MAGIC_AND_VERSION = 8;

    /** Two indexes: of the class or the name, and of what follows. */
    private record Pair(int tag, int first, int second) {}

    static ConstantPool read(byte[] file) throws IOException {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
      in.skipNBytes(MAGIC_AND_VERSION);
      @Nullable Object[] entries = new @Nullable Object[in.readUnsignedShort()];
      for (int i = 1; i < entries.length; i++) {
        int tag = in.readUnsignedByte();
        switch (tag) {
          case 1 -> entries[i] = in.readUTF();
          case 3, 4 -> in.skipNBytes(4);
          case 5, 6 -> {
            in.skipNBytes(8);
            i++; // It takes two places.
          }
          case 7, 8, 16, 19, 20 -> entries[i] = new Pair(tag, in.readUnsignedShort(), 0);
          case 9, 10, 11, 12, 17, 18 ->
              entries[i] = new Pair(tag, in.readUnsignedShort(), in.readUnsignedShort());
          case 15 -> in.skipNBytes(3);
          default -> throw new IOException("unknown constant " + tag);
        }
      }
      return new ConstantPool(Arrays.asList(entries));
    }

    /** CLASS.METHOD of each method that is named. */
    Stream<String> methods() {
      return entries.stream()
          .filter(entry -> entry instanceof Pair pair && (pair.tag() == 10 || pair.tag() == 11))
          .map(Pair.class::cast)
          .map(pair -> text(pair(pair.first()).first()) + "." + text(pair(pair.second()).first()));
    }

    private Pair pair(int index) {
      return (Pair) requireNonNull(entries.get(index), "a constant");
    }

    private String text(int index) {
      return (String) requireNonNull(entries.get(index), "a text");
    }
  }
}
