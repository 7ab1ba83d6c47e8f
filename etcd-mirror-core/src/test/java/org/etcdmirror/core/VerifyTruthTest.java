package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.junit.jupiter.api.RepeatedTest;

/**
 * For random scopes: after a resync no difference is reported, then exactly the changes that others
 * make to the sink.
 */
class VerifyTruthTest extends MirrorFixture {

  private static final List<String> SEGMENTS = List.of("a", "a-b", "b", "drop", "many", "x");

  private static final Pattern EXCLUDED = Pattern.compile("/[a-z]+/x(/.*)?");

  /** Renames what ends in {@code b}, drops {@code drop}, and makes two keys of {@code many}. */
  private static final class Mangling implements Transform {

    @Override
    public String identity() {
      return "mangling";
    }

    @Override
    public List<Bytes> keys(Bytes key) {
      String text = key.utf8();
      if (text.endsWith("many")) {
        return List.of(key, Bytes.utf8(text + "-too"));
      }
      return List.of(text.endsWith("/b") ? Bytes.utf8(text + "-renamed") : key);
    }

    @Override
    public List<Put> apply(Put put) {
      return put.key().utf8().endsWith("drop")
          ? List.of()
          : keys(put.key()).stream().map(put::withKey).map(Put.class::cast).toList();
    }
  }

  /** A source whose index moves with each call; the stored index keeps up. */
  private final class RestlessSource extends FakeSource {

    private boolean restless;

    RestlessSource(KeyModel model) {
      super(model);
    }

    private void move() {
      if (restless) {
        foreignWrites(1);
        store.preset(index(), clusterId(), null);
      }
    }

    @Override
    public SourceHead head(Selection selection) throws IOException, InterruptedException {
      move();
      return super.head(selection);
    }

    @Override
    public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
      move();
      return super.snapshot(selection);
    }
  }

  @RepeatedTest(40)
  void verifyReportsExactlyTheDifferences() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("VerifyTruthTest seed " + seed);
    Random random = new Random(seed);
    RestlessSource restless =
        new RestlessSource(random.nextBoolean() ? KeyModel.PATHS : KeyModel.BYTES);
    source = restless;
    sink = new FakeSink(random.nextBoolean() ? KeyModel.PATHS : KeyModel.BYTES);
    boolean several = random.nextBoolean();
    boolean excludes = random.nextBoolean();
    scope = scope(several, excludes, random.nextBoolean());
    for (int i = 0; i < 40; i++) {
      source.happened(put(random, source.index() + 1, List.of("/conf", "/second", "/other")));
      MirrorEvent foreign = put(random, 1, List.of("/conf", "/renamed", "/second"));
      sink.held.apply(EventBatch.of(List.of(foreign), 1, 1));
    }
    EtcdMirror mirror = skipping();
    ResyncPlan plan = mirror.plan();
    Set<String> own = notMirrored(several, excludes);
    ResyncReport done = mirror.syncOnce();
    if (sink.keyModel() == KeyModel.BYTES) {
      // A source value may have to replace a directory that holds some of these keys.
      assertThat(notMirrored(several, excludes)).as("untouched, seed %d", seed).isEqualTo(own);
    }
    assertThat(List.of(done.written(), done.deleted()))
        .as("as planned, seed %d", seed)
        .isEqualTo(List.of(plan.writes(), plan.deletes()));
    EtcdMirror other = skipping();
    VerifyReport equal = other.verify();
    assertThat(equal.isEqual()).as("equal, seed %d: %s", seed, equal).isTrue();
    assertThat(other.plan().isEmpty()).as("nothing to do, seed %d", seed).isTrue();
    restless.restless = random.nextBoolean();
    assertThat(other.verify().isEqual()).as("still equal, seed %d", seed).isTrue();

    TreeSet<String> changed = new TreeSet<>();
    for (Bytes key : List.copyOf(sink.held.values().keySet())) {
      if (random.nextInt(3) == 0) {
        MirrorEvent wrong =
            random.nextBoolean() ? new Delete(key, 2) : new Put(key, Bytes.utf8("odd"), 2, null);
        sink.held.apply(EventBatch.of(List.of(wrong), 2, 2));
        changed.add(key.toString());
      }
    }
    changed.removeIf(key -> !isMirrored(key, several, excludes));
    VerifyReport report = other.verify();
    TreeSet<String> told = new TreeSet<>();
    report.samples().forEach(one -> told.add(one.key().toString()));
    assertThat(report.unsettled()).as("seed %d, %s", seed, report).isZero();
    assertThat(report.differences()).as("seed %d, %s", seed, report).isEqualTo(changed.size());
    assertThat(changed).as("seed %d, %s", seed, report).containsAll(told);
  }

  private EtcdMirror skipping() {
    return mirror(builder ->
        builder.deleteLimit(DeleteLimit.percent(100)).unsupportedEntries(UnsupportedEntries.SKIP));
  }

  private static MirrorScope scope(boolean several, boolean excludes, boolean mangles) {
    MirrorScope.Builder scope = MirrorScope.builder().prefix("/conf");
    if (several) {
      scope.rename("/second", "/renamed");
    }
    if (excludes) {
      scope.exclude(EXCLUDED);
    }
    if (mangles) {
      scope.transform(new Mangling());
    }
    return scope.build();
  }

  private Set<String> notMirrored(boolean several, boolean excludes) {
    Set<String> keys = new TreeSet<>(sink.values().keySet());
    keys.removeIf(key -> isMirrored(key, several, excludes));
    return keys;
  }

  private static boolean isMirrored(String key, boolean several, boolean excludes) {
    boolean covered = key.startsWith("/conf/") || (several && key.startsWith("/renamed/"));
    // The exclude matches the same keys under both names of a prefix.
    return covered && !(excludes && EXCLUDED.matcher(key).matches());
  }

  private static Put put(Random random, long index, List<String> prefixes) {
    StringBuilder key = new StringBuilder(prefixes.get(random.nextInt(prefixes.size())));
    for (int depth = 1 + random.nextInt(3); depth > 0; depth--) {
      key.append('/').append(SEGMENTS.get(random.nextInt(SEGMENTS.size())));
    }
    Bytes value = Bytes.utf8(Integer.toString(random.nextInt(3)));
    return new Put(Bytes.utf8(key.toString()), value, index, null);
  }
}
