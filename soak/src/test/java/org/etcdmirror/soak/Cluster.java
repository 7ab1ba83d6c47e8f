package org.etcdmirror.soak;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.jspecify.annotations.Nullable;

/** Three members. */
final class Cluster implements AutoCloseable {

  private static final int SIZE = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();

  private final String side;
  private final EtcdBinary binary;
  private final @Nullable TestCertificates certificates;
  private final List<Member> members;
  private final String token = UUID.randomUUID().toString();

  /**
   * A cluster that is to be started.
   *
   * @param side what logs call it: source or sink
   * @param certificates null if mirrors reach it without TLS
   */
  Cluster(String side, EtcdBinary binary, Path directory, @Nullable TestCertificates certificates) {
    this.side = side;
    this.binary = binary;
    this.certificates = certificates;
    this.members =
        IntStream.range(0, SIZE)
            .mapToObj(i -> new Member(binary, directory, side + i, certificates))
            .toList();
  }

  String side() {
    return side;
  }

  EtcdBinary binary() {
    return binary;
  }

  @Nullable TestCertificates certificates() {
    return certificates;
  }

  List<Member> members() {
    return members;
  }

  Member member(int number) {
    return members.get(number % SIZE);
  }

  String token() {
    return token;
  }

  /** Starts all. */
  void start() throws IOException {
    for (Member member : members) {
      member.start(initialCluster(), token, true);
    }
  }

  /** Starts one again with its data, if it does not run. */
  void restart(Member member) throws IOException {
    if (!member.runs()) {
      member.start(initialCluster(), token, false);
    }
  }

  /** Waits until each member answers with the agreement of the others. */
  void awaitAll() throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (Member member : members) {
      while (true) {
        try {
          member.gateway().revision();
          break;
        } catch (IOException e) {
          if (System.nanoTime() - deadline > 0) {
            throw e;
          }
          LockSupport.parkNanos(LOOK_NANOS);
        }
      }
    }
  }

  String initialCluster() {
    return members.stream()
        .map(member -> member.name() + "=" + member.advertisedPeerUrl())
        .collect(Collectors.joining(","));
  }

  /** Where the run itself reaches the members. */
  List<URI> urls() {
    return members.stream().map(Member::clientUrl).toList();
  }

  /** Where mirrors reach them, separated by commas. */
  String proxiedUrls() {
    return members.stream()
        .map(member -> member.proxiedUrl().toString())
        .collect(Collectors.joining(","));
  }

  @Override
  public void close() throws InterruptedException {
    for (Member member : members) {
      member.close();
    }
  }
}
