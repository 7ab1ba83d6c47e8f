package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.junit.jupiter.api.Test;

/** No source shows what mirrors remember in it, not even where its whole keyspace is read. */
abstract class OwnKeysContract extends SourceRecoveryContract {

  /** Below which the test's own links keep their indexes. */
  private final String own = OwnKeys.TREE + prefix;

  private Selection everything() {
    return Selection.of(source.keyModel() == KeyModel.PATHS ? Bytes.utf8("/") : Bytes.EMPTY);
  }

  /** Among others, as the keyspace may be shared. */
  private List<String> shown(List<? extends MirrorEvent> events) {
    assertThat(events).extracting(MirrorEvent::key).noneMatch(OwnKeys::contains);
    return puts(events.stream().filter(event -> event.key().startsWith(key(""))).toList());
  }

  @Test
  void aSnapshotOfEverythingDoesNotShowWhatMirrorsRemember() throws Exception {
    put(own + "/link", "17");
    put(own + "/link/below", "18");
    write("/a", "1");
    assertThat(shown(snapshot(everything()))).containsExactly("/a=1");
  }

  @Test
  void anOwnKeyIsNotShownWhereItIsAskedForByName() throws Exception {
    put(own + "/link", "17");
    List<Bytes> keys = List.of(Bytes.utf8(own + "/link"));
    assertThat(shown(snapshot(Selection.ofKeys(keys, false)))).isEmpty();
    assertThat(shown(snapshot(Selection.ofKeys(keys, true)))).isEmpty();
  }

  @Test
  void aStreamOfEverythingDoesNotShowWhatMirrorsRememberAndItsIndexMovesOn() throws Exception {
    long before = write("/a", "1");
    try (EventStream live = source.open(everything(), Start.now())) {
      for (int i = 0; i < 20; i++) {
        put(own + "/link/" + i % 3, Integer.toString(i));
      }
      long last = delete(own + "/link/1");
      assertThat(shown(collect(live, last))).isEmpty();
      long shown = write("/a", "2");
      assertThat(shown(collect(live, shown))).containsExactly("/a=2");
    }
    long last = put(own + "/link/0", "again");
    try (EventStream fromHistory = source.open(everything(), Start.after(before))) {
      assertThat(shown(collect(fromHistory, last))).containsExactly("/a=2");
    }
  }
}
