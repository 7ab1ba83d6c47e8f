package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What former scopes left in the sink is deleted; what others wrote beside it is not. */
class FormerEntriesTest {

  private static KeyMapper mapper(MirrorScope scope) {
    return new KeyMapper(scope, KeyModel.PATHS, KeyModel.PATHS, ExpiryPolicy.FOLLOW_SOURCE);
  }

  private static KeyMapper mapper(String... prefixes) {
    return mapper(MirrorScope.of(prefixes));
  }

  private static FormerEntries former(KeyMapper present, KeyMapper... former) {
    return new FormerEntries(present, List.of(former), List.of());
  }

  private static Bytes key(String key) {
    return Bytes.utf8(key);
  }

  private static Put value(String key) {
    return new Put(key(key), Bytes.EMPTY, 1, null);
  }

  private static MakeDirectory directory(String key) {
    return new MakeDirectory(key(key), 1, null);
  }

  private static List<String> prefixes(FormerEntries entries) {
    return entries.prefixes().stream().map(Bytes::toString).toList();
  }

  @Test
  void formerPrefixesAreThoseThatThePresentOnesDoNotCover() {
    assertThat(prefixes(former(mapper("/conf"), mapper("/conf/a", "/old", "/older"))))
        .containsExactly("/old", "/older");
    assertThat(prefixes(FormerEntries.none(mapper("/conf")))).isEmpty();
  }

  @Test
  void overlappingFormerPrefixesAreReadOnce() {
    assertThat(
            prefixes(former(mapper("/conf"), mapper("/old/a"), mapper("/old"), mapper("/old/b"))))
        .containsExactly("/old");
  }

  @Test
  void entryOfAFormerScopeAloneIsFormer() {
    FormerEntries entries = former(mapper("/conf"), mapper("/old"));
    assertThat(entries.contains(value("/old/a"))).isTrue();
    assertThat(entries.contains(value("/conf/a"))).as("present scope").isFalse();
    assertThat(entries.contains(value("/other/a"))).as("never the mirror's").isFalse();
  }

  @Test
  void formerExcludeIsNotTheMirrors() {
    KeyMapper before = mapper(MirrorScope.builder().prefix("/old").excludePrefix("/old/x").build());
    FormerEntries entries = former(mapper("/conf"), before);
    assertThat(entries.contains(value("/old/x/a"))).isFalse();
    assertThat(entries.contains(value("/old/a"))).isTrue();
  }

  @Test
  void directoryThatHoldsAPresentPrefixStays() {
    FormerEntries entries = former(mapper("/old/conf"), mapper("/old"));
    assertThat(entries.contains(directory("/old"))).isFalse();
    assertThat(entries.contains(directory("/old/other"))).isTrue();
    assertThat(entries.contains(value("/old"))).as("no directory").isTrue();
  }

  @Test
  void keyUnderAFormerPrefixNeedsAnApprovalUnlessThePrefixWasNamed() {
    KeyMapper present = mapper("/old/conf");
    FormerEntries unnamed = former(present, mapper("/old"), mapper("/older"));
    assertThat(unnamed.unnamedPrefix(key("/old/a"))).isEqualTo(key("/old"));
    assertThat(unnamed.unnamedPrefix(key("/older/a"))).isEqualTo(key("/older"));
    assertThat(unnamed.unnamedPrefix(key("/old/conf/a"))).as("present scope").isNull();
    assertThat(unnamed.unnamedPrefix(key("/other/a"))).isNull();
    FormerEntries named = new FormerEntries(present, List.of(mapper("/old")), List.of(key("/old")));
    assertThat(named.unnamedPrefix(key("/old/a"))).isNull();
  }

  private static FakeSink sink(String... keys) {
    FakeSink sink = new FakeSink(KeyModel.BYTES);
    for (String key : keys) {
      sink.preset(key, "1");
    }
    return sink;
  }

  private static KeyMapper bytes(String... prefixes) {
    return new KeyMapper(
        MirrorScope.of(prefixes), KeyModel.BYTES, KeyModel.BYTES, ExpiryPolicy.FOLLOW_SOURCE);
  }

  private static List<String> read(Snapshot snapshot) throws Exception {
    List<String> keys = new ArrayList<>();
    try (snapshot) {
      for (Entry entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        keys.add(entry.key().toString());
      }
    }
    return keys;
  }

  @Test
  void sinkIsReadUnderThePresentPrefixesAndThenUnderTheFormer() throws Exception {
    FakeSink sink = sink("a/1", "b/1", "b/2", "c/1");
    assertThat(read(former(bytes("b/"), bytes("a/")).snapshot(sink, false)))
        .containsExactly("b/1", "b/2", "a/1");
    assertThat(read(FormerEntries.none(bytes("b/")).snapshot(sink, false)))
        .containsExactly("b/1", "b/2");
  }

  @Test
  void keyOfThePresentPrefixInsideAFormerOneIsReadOnce() throws Exception {
    FakeSink sink = sink("a/1", "a/b/1", "a/b/2", "a/c");
    assertThat(read(former(bytes("a/b/"), bytes("a/")).snapshot(sink, false)))
        .containsExactly("a/b/1", "a/b/2", "a/1", "a/c");
  }

  /** A snapshot that counts how many of its kind are open. */
  private static final class Counted implements Snapshot {

    private final Snapshot snapshot;
    private final int[] open;

    Counted(Snapshot snapshot, int[] open) {
      this.snapshot = snapshot;
      this.open = open;
      open[0]++;
    }

    @Override
    public SourceHead head() {
      return new SourceHead("counted", 7);
    }

    @Override
    public @Nullable Entry next() throws IOException, InterruptedException {
      return snapshot.next();
    }

    @Override
    public void close() {
      open[0]--;
      snapshot.close();
    }
  }

  @Test
  void bothSnapshotsAreClosed() throws Exception {
    int[] open = new int[1];
    FakeSink sink =
        new FakeSink(KeyModel.BYTES) {
          @Override
          public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
            return new Counted(super.snapshot(selection), open);
          }
        };
    sink.preset("a/1", "1");
    Snapshot both = former(bytes("b/"), bytes("a/")).snapshot(sink, false);
    assertThat(open[0]).isEqualTo(1);
    assertThat(both.head()).isEqualTo(new SourceHead("counted", 7));
    assertThat(both.next()).isNotNull();
    assertThat(open[0]).isEqualTo(2);
    both.close();
    assertThat(open[0]).isZero();
    former(bytes("b/"), bytes("a/")).snapshot(sink, false).close();
    assertThat(open[0]).as("the second was never opened").isZero();
  }
}
