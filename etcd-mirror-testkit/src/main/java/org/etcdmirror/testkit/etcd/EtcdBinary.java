package org.etcdmirror.testkit.etcd;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An etcd server on this machine.
 *
 * @param path where it is
 * @param version what it says of itself, for example {@code 3.4.23}
 */
public record EtcdBinary(Path path, String version) {

  private static final Pattern VERSION = Pattern.compile("etcd Version: (\\S+)");
  private static final Map<Path, EtcdBinary> KNOWN = new ConcurrentHashMap<>();
  private static final Map<String, Boolean> FLAGS = new ConcurrentHashMap<>();

  /**
   * The etcd at a path.
   *
   * @throws IllegalStateException if there is none that runs
   */
  public static EtcdBinary at(Path path) {
    return KNOWN.computeIfAbsent(path, EtcdBinary::ask);
  }

  /**
   * The default one: {@code $ETCD_BIN} if it is set, else {@code etcd} in {@code $PATH}, in {@code
   * /usr/local/bin} or in {@code /usr/bin}.
   *
   * @throws IllegalStateException if {@code $ETCD_BIN} is set and is not an etcd that runs
   */
  public static Optional<EtcdBinary> find() {
    String named = System.getenv("ETCD_BIN");
    if (named != null && !named.isBlank()) {
      return Optional.of(at(Path.of(named)));
    }
    return searchPath().stream().filter(Files::isExecutable).findFirst().map(EtcdBinary::at);
  }

  /**
   * Each etcd that tests should run on: the {@linkplain #find() default one} and, if it is set,
   * {@code $ETCD35_BIN}. Good for a JUnit {@code @MethodSource}.
   *
   * @throws IllegalStateException if there is none
   */
  public static List<EtcdBinary> all() {
    List<EtcdBinary> found = new ArrayList<>();
    find().ifPresent(found::add);
    String newer = System.getenv("ETCD35_BIN");
    if (newer != null && !newer.isBlank()) {
      found.add(at(Path.of(newer)));
    }
    if (found.isEmpty()) {
      throw new IllegalStateException("no etcd found: set ETCD_BIN or run scripts/install-etcd.sh");
    }
    return List.copyOf(found);
  }

  /**
   * The oldest one that tests should run on, as a source from which users move: {@code $ETCD33_BIN}
   * if it is set, else the {@linkplain #find() default one}.
   *
   * @throws IllegalStateException if there is none
   */
  public static EtcdBinary oldest() {
    String old = System.getenv("ETCD33_BIN");
    return old != null && !old.isBlank() ? at(Path.of(old)) : all().get(0);
  }

  /** Whether it knows this flag without a value, listed in its help or not. */
  boolean knowsFlag(String flag) {
    return FLAGS.computeIfAbsent(
        path + flag, key -> VERSION.matcher(run(path, flag, "--version")).find());
  }

  /** The name for tests: {@code etcd 3.4.23}. */
  @Override
  public String toString() {
    return "etcd " + version;
  }

  private static List<Path> searchPath() {
    List<Path> candidates = new ArrayList<>();
    String path = System.getenv("PATH");
    if (path != null) {
      for (String directory : path.split(Pattern.quote(File.pathSeparator), -1)) {
        if (!directory.isEmpty()) {
          candidates.add(Path.of(directory, "etcd"));
        }
      }
    }
    candidates.add(Path.of("/usr/local/bin/etcd"));
    candidates.add(Path.of("/usr/bin/etcd"));
    return candidates;
  }

  private static EtcdBinary ask(Path path) {
    String answer;
    try {
      answer = run(path, "--version");
    } catch (UncheckedIOException e) {
      throw new IllegalStateException("cannot run etcd at " + path, e);
    }
    Matcher version = VERSION.matcher(answer);
    if (!version.find()) {
      throw new IllegalStateException("not an etcd: '" + path + " --version' said: " + answer);
    }
    return new EtcdBinary(path, version.group(1));
  }

  private static String run(Path path, String... flags) {
    List<String> command = new ArrayList<>(List.of(path.toString()));
    command.addAll(List.of(flags));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
