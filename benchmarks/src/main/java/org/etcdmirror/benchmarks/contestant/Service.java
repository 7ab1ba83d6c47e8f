package org.etcdmirror.benchmarks.contestant;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.benchmarks.process.JavaPrograms;

/** Ours: the service as its users run it. */
public final class Service implements Contestant {

  private static final List<String> RUN = List.of("run", "--http", "none");

  private final String name;
  private final List<String> options;
  private final String api;
  private final String jar;
  private final List<String> verb;

  private Service(String name, List<String> options, String api, String jar, List<String> verb) {
    this.name = name;
    this.options = List.copyOf(options);
    this.api = api;
    this.jar = jar;
    this.verb = List.copyOf(verb);
  }

  /**
   * With the JVM's default heap.
   *
   * @param api {@code v2} or {@code v3}
   * @param jar the service's jar; empty for the class path of this JVM
   */
  public static Service ofDefaultHeap(String api, String jar) {
    return new Service("etcd-mirror", List.of(), api, jar, RUN);
  }

  /** With a heap of 64 MiB. */
  public static Service ofSmallHeap(String api, String jar) {
    return new Service("etcd-mirror -Xmx64m", List.of("-Xmx64m"), api, jar, RUN);
  }

  /** With a command that ends by itself. */
  public Service doing(String command) {
    return new Service(name, options, api, jar, List.of(command));
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
    List<String> command = new ArrayList<>();
    command.add(JavaPrograms.java());
    command.addAll(options);
    command.addAll(program());
    command.addAll(verb);
    command.addAll(List.of("--source", api + ":" + link.source()));
    command.addAll(List.of("--sink", api + ":" + link.sink()));
    command.addAll(List.of("--link", "benchmark"));
    link.prefixes().forEach(prefix -> command.addAll(List.of("--prefix", prefix)));
    return command;
  }

  private List<String> program() {
    return jar.isEmpty()
        ? List.of("-cp", System.getProperty("java.class.path"), "org.etcdmirror.service.Main")
        : List.of("-jar", jar);
  }
}
