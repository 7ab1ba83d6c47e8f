package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;

/** A backup of a server, restored with the server's flags so that its cluster id stays the same. */
final class EtcdBackup {

  private static final List<String> KEPT =
      List.of("--name=", "--initial-cluster=", "--initial-cluster-token=", "--data-dir=");
  private static final String PEER = "--initial-advertise-peer-urls=";

  private final EtcdServer etcd;
  private final String etcdctl;
  private final Path file;

  private EtcdBackup(EtcdBinary binary, EtcdServer etcd, Path file) {
    this.etcd = etcd;
    String newer = System.getenv("ETCDCTL35_BIN");
    this.etcdctl = binary.version().startsWith("3.4.") || newer == null ? "etcdctl" : newer;
    this.file = file;
  }

  static EtcdBackup save(EtcdBinary binary, EtcdServer etcd, Path file) throws Exception {
    EtcdBackup backup = new EtcdBackup(binary, etcd, file);
    backup.run("--endpoints=" + etcd.clientUrl(), "snapshot", "save", file.toString());
    return backup;
  }

  void restore() throws Exception {
    Path data = etcd.log().resolveSibling("data");
    List<String> flags = flags(data);
    etcd.stop();
    delete(data);
    List<String> command = new ArrayList<>(List.of("snapshot", "restore", file.toString()));
    flags.stream().filter(EtcdBackup::isKept).forEach(command::add);
    run(command.toArray(String[]::new));
    etcd.restart();
  }

  private static boolean isKept(String flag) {
    return flag.startsWith(PEER) || KEPT.stream().anyMatch(flag::startsWith);
  }

  /** The flags that the server of this data directory was started with. */
  private static List<String> flags(Path data) {
    return ProcessHandle.current()
        .children()
        .map(child -> List.of(child.info().arguments().orElse(new String[0])))
        .filter(arguments -> arguments.contains("--data-dir=" + data))
        .findFirst()
        .orElseThrow();
  }

  private static void delete(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private void run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(etcdctl));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("ETCDCTL_API", "3");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }
}
