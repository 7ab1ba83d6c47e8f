package org.etcdmirror.v2.internal.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.junit.jupiter.api.Test;

final class V2WavesTest {

  private static MirrorEvent put(String key) {
    return new Put(Bytes.utf8(key), Bytes.EMPTY, 1, null);
  }

  private static MirrorEvent directory(String key) {
    return new MakeDirectory(Bytes.utf8(key), 1, null);
  }

  private static MirrorEvent deleteTree(String key) {
    return new DeleteTree(Bytes.utf8(key), 1);
  }

  private static List<List<String>> waves(MirrorEvent... events) {
    return V2Waves.of(List.of(events)).stream()
        .map(wave -> wave.stream().map(event -> event.key().utf8()).toList())
        .toList();
  }

  private static List<String> kept(MirrorEvent... events) {
    return V2Waves.withoutImpliedDirectories(List.of(events), false).stream()
        .map(event -> event.key().utf8())
        .toList();
  }

  @Test
  void unrelatedKeysShareOneWave() {
    assertThat(waves(put("/a"), put("/ab"), put("/b/c"), put("/b/cd"), put("/b-")))
        .containsExactly(List.of("/a", "/ab", "/b/c", "/b/cd", "/b-"));
    assertThat(waves()).isEmpty();
  }

  @Test
  void relatedKeysAreSplitIntoOrderedWaves() {
    assertThat(waves(deleteTree("/a"), put("/a"))).containsExactly(List.of("/a"), List.of("/a"));
    assertThat(waves(deleteTree("/a"), put("/a/b/c")))
        .containsExactly(List.of("/a"), List.of("/a/b/c"));
    assertThat(waves(put("/a/b/c"), deleteTree("/a"), put("/d")))
        .containsExactly(List.of("/a/b/c"), List.of("/a", "/d"));
  }

  @Test
  void rootIsAloneInItsWave() {
    assertThat(waves(put("/a"), deleteTree("/"), put("/b")))
        .containsExactly(List.of("/a"), List.of("/"), List.of("/b"));
  }

  @Test
  void directoryImpliedByLaterEventIsOmitted() {
    assertThat(kept(directory("/a"), directory("/a/b"), put("/a/b/c"), directory("/d")))
        .containsExactly("/a/b/c", "/d");
    assertThat(kept(directory("/a"), directory("/a/b"))).containsExactly("/a/b");
  }

  @Test
  void directoryIsKeptWhenDeleteOrExpiryIsInvolved() {
    assertThat(kept(directory("/a"), new Delete(Bytes.utf8("/a/x"), 1), put("/a/b")))
        .containsExactly("/a", "/a/x", "/a/b");
    MirrorEvent expiring = new MakeDirectory(Bytes.utf8("/a"), 1, new Expiry(0));
    assertThat(kept(expiring, put("/a/b"))).containsExactly("/a", "/a/b");
    assertThat(kept(put("/a/b"), directory("/a"))).containsExactly("/a/b", "/a");
  }
}
