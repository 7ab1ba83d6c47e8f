package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkContext;
import org.junit.jupiter.api.Test;

/** Contract of how a sink is opened, and of what it may change then. */
abstract class SinkOpeningContract extends SinkFixture {

  /** One sink serves one mirror. A sink that does not care how it is opened is left alone. */
  @Test
  void secondOpenIsRefused() throws Exception {
    Class<?> opensIn = sink.getClass().getMethod("open", SinkContext.class).getDeclaringClass();
    if (opensIn == EventSink.class) {
      return;
    }
    SinkContext again = new SinkContext(LINK, sink.keyModel(), prefixes());
    assertThatThrownBy(() -> sink.open(again)).isInstanceOf(IllegalStateException.class);
    apply(put("/still", "1"));
    assertThat(values()).containsEntry("/still", "1");
  }

  @Test
  void whatTheMirrorOwnedBeforeIsItsToReadAndToDelete() throws Exception {
    apply(put("/old/a", "1"), put("/older", "2"), put("/new/b", "3"));
    List<Bytes> present = List.of(key("/new"));
    List<Bytes> former = List.of(key("/old"), key("/elsewhere"));
    try (EventSink narrow = opened(createSink(present), present, former)) {
      // A sink in memory is another one each time, and holds nothing yet.
      assertThat(Map.of(key("/old/a"), Bytes.utf8("1"), key("/older"), Bytes.utf8("2")))
          .containsAllEntriesOf(values(contents(narrow, Selection.of(key("/old")))));
      narrow.apply(batch(delete("/old/a")));
      assertThat(values(contents(narrow, Selection.of(key("/old/a"))))).isEmpty();
      narrow.apply(batch(put("/new/b", "4"), delete("/elsewhere/x")));
      assertThat(values(contents(narrow, Selection.of(key("/new")))))
          .isEqualTo(Map.of(key("/new/b"), Bytes.utf8("4")));
    }
  }
}
