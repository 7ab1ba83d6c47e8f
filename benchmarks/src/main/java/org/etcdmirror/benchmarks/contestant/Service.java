package org.etcdmirror.benchmarks.contestant;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.benchmarks.process.JavaPrograms;

/** Ours: the service, started in one of the ways in which its users start it. */
public final class Service implements Contestant {

  private static final List<String> RUN = List.of("run", "--http", "none");

  private final String name;
  private final List<String> start;
  private final String api;
  private final List<String> verb;

  private Service(String name, List<String> start, String api, List<String> verb) {
    this.name = name;
    this.start = List.copyOf(start);
    this.api = api;
    this.verb = List.copyOf(verb);
  }

  /**
   * By the launcher of the packages, with the options that it chooses.
   *
   * @param api {@code v2} or {@code v3}
   * @param launcher its path
   */
  public static Service ofLauncher(String api, String launcher) {
    return new Service("etcd-mirror", List.of(launcher), api, RUN);
  }

  /** By the launcher, with a heap of 64 MiB. */
  public static Service ofSmallHeap(String api, String launcher) {
    List<String> start = List.of("env", "ETCD_MIRROR_JAVA_OPTIONS=-Xmx64m", launcher);
    return new Service("etcd-mirror -Xmx64m", start, api, RUN);
  }

  /**
   * By {@code java -jar}, with the JVM's own choices.
   *
   * @param jar the service's jar
   */
  public static Service ofJar(String api, String jar) {
    return new Service("etcd-mirror.jar", List.of(JavaPrograms.java(), "-jar", jar), api, RUN);
  }

  /** From the class path of this JVM, for tests. */
  public static Service ofClassPath(String api) {
    List<String> start =
        List.of(
            JavaPrograms.java(),
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            "org.etcdmirror.service.Main");
    return new Service("etcd-mirror", start, api, RUN);
  }

  /** With a command that ends by itself. */
  public Service doing(String command) {
    return new Service(name, start, api, List.of(command));
  }

  /** With one watch where a long history could be read by many. */
  public Service withOneWatch() {
    List<String> one = new ArrayList<>(verb);
    one.addAll(List.of("--catch-up-watches", "1"));
    return new Service(name + ", one watch", start, api, one);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean continuesAfterStop() {
    return true;
  }

  @Override
  public List<String> command(Link link) {
    List<String> command = new ArrayList<>(start);
    command.addAll(verb);
    command.addAll(List.of("--source", api + ":" + link.source()));
    command.addAll(List.of("--sink", api + ":" + link.sink()));
    command.addAll(List.of("--link", "benchmark"));
    link.prefixes().forEach(prefix -> command.addAll(List.of("--prefix", prefix)));
    return command;
  }
}
