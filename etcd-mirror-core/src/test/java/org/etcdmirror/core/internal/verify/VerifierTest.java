package org.etcdmirror.core.internal.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.MirrorFixture;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.core.internal.diff.Differences;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.run.SinkProgress;
import org.etcdmirror.core.internal.run.TaskMeter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Verification without a mirror; the tests make changes exactly between two reads. */
@Timeout(MirrorFixture.LIMIT_SECONDS)
class VerifierTest {

  private static final Recheck.Limits QUICK =
      new Recheck.Limits(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO, 8);

  private FakeSource source = new FakeSource(KeyModel.PATHS);
  private FakeSink sink = new FakeSink(KeyModel.PATHS);
  private MirrorScope scope = MirrorScope.of("/conf");
  private Verifier.Limits limits = new Verifier.Limits(1000, 10, QUICK);
  private boolean expiries;

  /** Called between the reads of the source and the sink, each time. */
  private SinkProgress between = head -> 0;

  private int looks;

  @BeforeEach
  void someKeysOnBothSides() {
    both("/conf/a", "1");
    both("/conf/b", "2");
  }

  private void both(String key, @Nullable String value) {
    long index = value == null ? source.delete(key) : source.put(key, value);
    apply(
        value == null
            ? new Delete(Bytes.utf8(key), index)
            : new Put(Bytes.utf8(key), Bytes.utf8(value), index, null));
  }

  private void apply(MirrorEvent event) {
    sink.held.apply(EventBatch.of(List.of(event), event.index(), event.index()));
  }

  private VerifyReport verify() throws Exception {
    ExpiryPolicy expiry = expiries ? ExpiryPolicy.COPY : ExpiryPolicy.FOLLOW_SOURCE;
    KeyMapper mapper = new KeyMapper(scope, source.keyModel(), sink.keyModel(), expiry);
    ComparedSides sides =
        new ComparedSides(
            source, sink, mapper, expiries, false, 0, new Differences(false), new Shutdown());
    return new Verifier(sides, between, limits, new TaskMeter()).verify();
  }

  /** Keeps other keys busy, so that no difference is settled by an unchanged source. */
  private void otherTraffic() {
    between =
        head -> {
          both("/conf/busy", "v" + looks++);
          return 0;
        };
    atEachRead(() -> source.foreignWrites(1));
  }

  /** Others write outside of the scope between the reads. */
  private void othersWrite() {
    between =
        head -> {
          source.foreignWrites(1);
          return 0;
        };
  }

  private void atEachRead(Runnable change) {
    source.faults.failAlways(
        "snapshot",
        () -> {
          change.run();
          return null;
        });
  }

  private void plant() {
    source.put("/conf/missing", "1");
    sink.preset("/conf/a", "other");
    sink.preset("/conf/extra", "x");
  }

  private static void assertPlanted(VerifyReport report) {
    assertThat(report.samples())
        .containsExactly(
            difference(Difference.Kind.DIFFERENT, "/conf/a"),
            difference(Difference.Kind.EXTRA, "/conf/extra"),
            difference(Difference.Kind.MISSING, "/conf/missing"));
    assertThat(report.missing()).isEqualTo(1);
    assertThat(report.different()).isEqualTo(1);
    assertThat(report.extra()).isEqualTo(1);
    assertThat(report.unsettled()).isZero();
    assertThat(report.isEqual()).isFalse();
  }

  private static Difference difference(Difference.Kind kind, String key) {
    return new Difference(kind, Bytes.utf8(key));
  }

  @Test
  void equalSidesAreEqual() throws Exception {
    VerifyReport report = verify();
    assertThat(report.isEqual()).isTrue();
    assertThat(report.compared()).isEqualTo(3);
    assertThat(report.index()).isEqualTo(source.index());
    assertThat(report.describe()).startsWith("equal at index " + source.index());
  }

  @Test
  void oneWalkIsEnoughWhileSourceIsUnchanged() throws Exception {
    plant();
    limits = new Verifier.Limits(1, 1, QUICK);
    assertPlanted(verify());
    assertThat(source.faults.calls("snapshot")).isEqualTo(1);
  }

  @Test
  void realDifferencesAreFoundUnderOtherTraffic() throws Exception {
    plant();
    otherTraffic();
    assertPlanted(verify());
  }

  @Test
  void differencesAreReportedUnderSinkKeys() throws Exception {
    scope =
        MirrorScope.builder().rename("/conf", "/copy").exclude(Pattern.compile(".*own")).build();
    sink = new FakeSink(KeyModel.PATHS);
    apply(new Put(Bytes.utf8("/copy/a"), Bytes.utf8("1"), 1, null));
    sink.preset("/copy/x", "1");
    sink.preset("/copy/own", "1");
    atEachRead(() -> source.foreignWrites(1));
    othersWrite();
    assertThat(verify().samples())
        .containsExactly(
            difference(Difference.Kind.MISSING, "/copy/b"),
            difference(Difference.Kind.EXTRA, "/copy/x"));
  }

  @Test
  void changesBetweenReadsAreNoDifferences() throws Exception {
    between =
        head -> {
          both("/conf/a", "v" + looks);
          both("/conf/new", "v");
          both("/conf/b", null);
          looks++;
          return 0;
        };
    assertThat(verify().isEqual()).isTrue();
    assertThat(looks).isGreaterThan(1);
  }

  @Test
  void keyThatExistsOnlyBetweenReadsIsUnsettledNotExtra() throws Exception {
    between =
        head -> {
          both("/conf/flash", "v" + looks++);
          return 0;
        };
    atEachRead(() -> {
      if (source.values().containsKey("/conf/flash")) {
        both("/conf/flash", null);
      }
    });
    VerifyReport report = verify();
    assertThat(report.differences()).isZero();
    assertThat(report.unsettled()).isEqualTo(1);
    assertThat(report.isEqual()).isFalse();
  }

  @Test
  void constantlyChangingKeyIsUnsettled() throws Exception {
    sink.preset("/conf/hot", "wrong");
    othersWrite();
    atEachRead(() -> source.put("/conf/hot", "v" + looks++));
    VerifyReport report = verify();
    assertThat(report.differences()).isZero();
    assertThat(report.unsettled()).isEqualTo(1);
    assertThat(report.describe()).contains("1 unsettled");
  }

  @Test
  void keyThatStopsChangingIsSettled() throws Exception {
    sink.preset("/conf/hot", "wrong");
    othersWrite();
    atEachRead(() -> {
      if (looks++ < 6) {
        source.put("/conf/hot", "v" + looks);
      }
    });
    assertThat(verify().samples())
        .containsExactly(difference(Difference.Kind.DIFFERENT, "/conf/hot"));
  }

  @Test
  void missingKeysOfLaggingSinkAreReported() throws Exception {
    source.put("/conf/new", "1");
    between = head -> 5;
    VerifyReport report = verify();
    assertThat(report.missing()).isEqualTo(1);
    assertThat(report.behind()).isEqualTo(5);
    assertThat(report.describe()).contains("the sink is 5 events behind");
  }

  @Test
  void differencesAreUnsettledIfSinkStopsAdvancing() throws Exception {
    source.put("/conf/new", "1");
    atEachRead(() -> source.foreignWrites(1));
    between =
        head -> {
          source.foreignWrites(1);
          return looks++ == 0 ? 0 : 3;
        };
    VerifyReport report = verify();
    assertThat(report.differences()).isZero();
    assertThat(report.unsettled()).isEqualTo(1);
    assertThat(report.behind()).isEqualTo(3);
  }

  @Test
  void nextWalkChecksCandidatesBeyondLimit() throws Exception {
    limits = new Verifier.Limits(3, 10, QUICK);
    between =
        head -> {
          source.foreignWrites(1);
          for (int i = 0; looks == 0 && i < 8; i++) {
            both("/conf/many/" + i, "v");
          }
          // The second walk finds the last ones again, and so on.
          for (int i = 3; looks == 2 && i < 8; i++) {
            both("/conf/many/" + i, "w");
          }
          looks++;
          return 0;
        };
    assertThat(verify().isEqual()).isTrue();
    assertThat(looks).isGreaterThan(2);
  }

  @Test
  void uncheckedDifferencesBeyondLimitAreUnsettled() throws Exception {
    limits = new Verifier.Limits(3, 10, QUICK);
    for (int i = 0; i < 8; i++) {
      source.put("/conf/missing" + i, "v");
    }
    otherTraffic();
    VerifyReport report = verify();
    assertThat(report.missing()).isEqualTo(3 - 1);
    assertThat(report.unsettled()).isEqualTo(6);
    assertThat(report.isEqual()).isFalse();
  }

  @Test
  void manyDifferencesAreCheckedByAnotherWalk() throws Exception {
    for (int i = 0; i < 600; i++) {
      source.put("/conf/missing/%03d".formatted(i), "v");
    }
    otherTraffic();
    VerifyReport report = verify();
    assertThat(report.missing()).isEqualTo(601);
    assertThat(report.unsettled()).isZero();
    assertThat(report.samples())
        .hasSize(100)
        .contains(difference(Difference.Kind.MISSING, "/conf/missing"));
  }

  @Test
  void sourceThatRejectsKeyQueryIsReadWhole() throws Exception {
    plant();
    otherTraffic();
    source.faults.failNext("snapshot");
    int[] reads = {0};
    source.faults.failAlways(
        "snapshot",
        () -> {
          source.foreignWrites(1);
          return reads[0]++ % 2 == 1 ? new PermanentException("no such key can be") : null;
        });
    assertPlanted(verify());
  }

  @Test
  void keyBelowValueIsNotMissingInPathSink() throws Exception {
    source = new FakeSource(KeyModel.BYTES);
    sink = new FakeSink(KeyModel.PATHS);
    sink.open(new SinkContext("test", KeyModel.BYTES, List.of(Bytes.utf8("/"))));
    source.put("/conf/x/y", "1");
    between =
        head -> {
          // A value comes above it; the sink has neither yet when it is read first.
          if (looks++ == 0) {
            source.put("/conf/x", "1");
          } else {
            both("/conf/x", "1");
          }
          return 0;
        };
    VerifyReport report = verify();
    assertThat(report.isEqual()).as(report.toString()).isTrue();
    assertThat(looks).isGreaterThan(1);
    assertThat(verify().unsupported()).isEqualTo(1);
  }

  @Test
  void verifyFailsIfSourceIsReplaced() {
    source.put("/conf/new", "1");
    othersWrite();
    atEachRead(() -> {
      if (looks++ == 2) {
        source.replaceCluster("cluster-2", 100);
      }
    });
    assertThatThrownBy(this::verify)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cluster-2");
  }

  @Test
  void expiriesAreComparedOnlyIfCopied() throws Exception {
    Expiry soon = Expiry.in(Duration.ofSeconds(1000));
    for (String key : List.of("later", "prolonged", "none", "same")) {
      long index = source.put("/conf/" + key, "v", soon);
      int seconds =
          switch (key) {
            case "later" -> 60;
            case "prolonged" -> -60;
            default -> 1;
          };
      Expiry copy = Expiry.after(soon.nanos(), Duration.ofSeconds(seconds));
      apply(
          new Put(
              Bytes.utf8("/conf/" + key),
              Bytes.utf8("v"),
              index,
              key.equals("none") ? null : copy));
    }
    assertThat(EtcdMirror.compare(source, sink, scope).isEqual()).isTrue();
    expiries = true;
    assertThat(verify().samples())
        .containsExactly(
            difference(Difference.Kind.DIFFERENT, "/conf/later"),
            difference(Difference.Kind.DIFFERENT, "/conf/none"));
  }

  @Test
  void compareWorksWithoutMirror() throws Exception {
    assertThat(EtcdMirror.compare(source, sink, scope).isEqual()).isTrue();
    plant();
    assertPlanted(EtcdMirror.compare(source, sink, scope));
    assertThat(sink.batches()).isEmpty();
    assertThat(source.isClosed()).isFalse();
  }
}
