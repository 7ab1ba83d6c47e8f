package org.etcdmirror.embedding;

import java.time.Duration;
import java.util.function.Consumer;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.Verification;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.V2Source;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;

/**
 * Mirrors between two clusters. Each keeps its index in the target, so the next one continues from
 * there. Keys under the target prefix that the source does not hold are deleted.
 */
public final class Mirrors {

  private Mirrors() {}

  static EtcdMirror v2ToV2(String from, String to) {
    return EtcdMirror.builder()
        .source(V2Source.of(from))
        .sink(V2Sink.of(to))
        .scope(MirrorScope.of("/conftool"))
        .build();
  }

  static EtcdMirror v3ToV3(String from, String to) {
    return EtcdMirror.builder()
        .source(V3Source.of(from))
        .sink(V3Sink.of(to))
        .scope(MirrorScope.of("/app/"))
        .build();
  }

  static EtcdMirror v2ToV3(String from, String to) {
    return EtcdMirror.builder()
        .source(V2Source.of(from))
        .sink(V3Sink.of(to))
        .scope(
            MirrorScope.builder().rename("/conf", "/new/conf").excludePrefix("/conf/locks").build())
        .verification(Verification.every(Duration.ofHours(1)).repair())
        .build();
  }

  /** Waits until the sink holds an index of the source; false on a timeout. */
  static boolean isThere(EtcdMirror mirror, long index) throws InterruptedException {
    return mirror.awaitLevel(Duration.ofMinutes(1)) && mirror.await(index, Duration.ofSeconds(10));
  }

  /** Raises an alarm for each pending approval and each gap. */
  static MirrorListener alarms(Consumer<String> alarm) {
    return new MirrorListener() {
      @Override
      public void onBlocked(PendingApproval pending) {
        alarm.accept("approve " + pending.token() + ": " + pending.reason());
      }

      @Override
      public void onGapEnded(GapRecord gap) {
        alarm.accept("history was lost: " + gap);
      }
    };
  }

  /** Mirrors from the first address to the second until the process is ended. */
  public static void main(String[] args) {
    try (EtcdMirror mirror = v2ToV2(args[0], args[1])) {
      Runtime.getRuntime().addShutdownHook(new Thread(mirror::close));
      mirror.run();
    }
  }
}
