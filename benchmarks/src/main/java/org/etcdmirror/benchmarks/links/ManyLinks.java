package org.etcdmirror.benchmarks.links;

import com.google.protobuf.ByteString;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.benchmarks.client.Entry;
import org.etcdmirror.benchmarks.client.V3Connection;
import org.etcdmirror.benchmarks.client.V3Writes;
import org.etcdmirror.benchmarks.process.JavaPrograms;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.v3.rpc.RequestOp;

/**
 * Measures many v3 links in one process, each of one prefix, against one pair of clusters: {@code
 * -Dlinks=}, the seconds of each measurement {@code -Dseconds=}, and the writes of a busy neighbour
 * in a second {@code -Drate=}. The process runs with the options of the service's launcher, and
 * those in {@code -Doptions=}.
 */
public final class ManyLinks {

  private static final int LINKS = Integer.getInteger("links", 100);
  private static final int SECONDS = Integer.getInteger("seconds", 30);
  private static final int RATE = Integer.getInteger("rate", 100);
  private static final String OPTIONS = System.getProperty("options", "");
  private static final int KEYS = 10;
  private static final int VALUE_LENGTH = 100;

  private ManyLinks() {}

  /** Prints each figure when it is there. */
  public static void main(String[] arguments) throws Exception {
    try (EtcdServer source = EtcdServer.builder().enableV2(false).start();
        EtcdServer sink = EtcdServer.builder().enableV2(false).start()) {
      System.out.printf("etcd %s, %d links of %d keys%n", source.version(), LINKS, KEYS);
      long revision = fill(source.clientUrl());
      List<String> command =
          JavaPrograms.command(
              LinksProcess.class,
              List.of(
                  source.clientUrl().toString(),
                  sink.clientUrl().toString(),
                  Integer.toString(LINKS),
                  Integer.toString(SECONDS),
                  Integer.toString(RATE),
                  Long.toString(revision)));
      command.addAll(1, options());
      Process process = new ProcessBuilder(command).inheritIO().start();
      try {
        System.exit(process.waitFor());
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private static List<String> options() {
    List<String> options = new ArrayList<>(List.of("-XX:+UseSerialGC", "-Xmx256m"));
    if (!OPTIONS.isEmpty()) {
      options.addAll(List.of(OPTIONS.split(" ", -1)));
    }
    return options;
  }

  static String prefix(int link) {
    return "/link/%05d/".formatted(link);
  }

  /** Returns the newest revision. */
  private static long fill(URI server) {
    try (V3Connection connection = V3Connection.to(server)) {
      for (int link = 0; link < LINKS; link++) {
        List<RequestOp> puts = new ArrayList<>();
        for (int number = 0; number < KEYS; number++) {
          puts.add(
              V3Writes.put(
                  ByteString.copyFromUtf8(Entry.key(prefix(link), number)),
                  ByteString.copyFromUtf8(Entry.value(number, VALUE_LENGTH))));
        }
        connection.transact(V3Writes.transaction(puts));
      }
      return connection.revision();
    }
  }
}
