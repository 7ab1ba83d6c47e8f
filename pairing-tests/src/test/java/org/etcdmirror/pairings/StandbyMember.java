package org.etcdmirror.pairings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.Standby;
import org.etcdmirror.testkit.fault.JavaProcess;

/** A member of a link in a process of its own, to be killed and frozen. */
final class StandbyMember {

  /** The default term. */
  static final Duration TERM = Duration.ofSeconds(5);

  private static final String STATE = "state ";

  private StandbyMember() {}

  static JavaProcess start(
      String kind, URI source, URI sink, String name, Duration term, Path log) {
    return JavaProcess.start(
        StandbyMember.class,
        List.of("-Xmx96m"),
        log,
        kind,
        source.toString(),
        sink.toString(),
        name,
        term.toString());
  }

  /** Mirrors, or stands by, until it is killed. */
  public static void main(String[] args) {
    Link link =
        new Link(
            Keyspace.at(args[0], URI.create(args[1])), Keyspace.at(args[0], URI.create(args[2])));
    Standby standby = Standby.as(args[3]).term(Duration.parse(args[4]));
    MirrorListener states =
        new MirrorListener() {
          @Override
          public void onState(MirrorState before, MirrorState after) {
            System.out.println(STATE + after);
          }
        };
    try (EtcdMirror mirror =
        link.mirror(
            b -> b.deleteLimit(DeleteLimit.percent(100)).standby(standby).listener(states))) {
      mirror.run();
    }
  }

  /** How often the members that log there have begun to stand by. */
  static long timesAsStandby(Path log) {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter((STATE + MirrorState.STANDBY)::equals).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Standby member(String name) {
    return Standby.as(name).term(TERM);
  }
}
