package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.v3.LateProxy.Fate.LATE;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.v3.internal.sink.SinkOp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two processes on one link: the earlier one is fenced off, and so are all its late writes. */
final class V3SinkSuccessorTest extends LateFixture {

  @Test
  void earlierMirrorIsFencedOffAtNextWriteDuringResync() throws Exception {
    V3Sink first = sinkAt(1);
    first.apply(value("first"));
    V3Sink second = sink();
    assertThat(second.load()).contains(at(1));
    second.apply(value("second"));
    assertThatThrownBy(() -> first.apply(value("stale")))
        .isInstanceOf(FencedException.class)
        .hasMessageContaining("another program wrote the index of link '" + link + "' (host ")
        .hasMessageContaining(", process " + ProcessHandle.current().pid() + ", since 2");
    second.save(at(9));
    assertThat(server.value(prefix + "k")).isEqualTo("second");
    assertThat(second.load()).contains(at(9));
  }

  @Test
  void earlierMirrorIsFencedOffAtNextWriteDuringFirstCopy() throws Exception {
    V3Sink first = sink();
    V3Sink second = sink();
    assertThat(first.load()).isEmpty();
    first.apply(value("first"));
    assertThat(second.load()).isEmpty();
    second.apply(value("second"));
    assertThatThrownBy(() -> first.apply(value("stale"))).isInstanceOf(FencedException.class);
    assertThat(server.value(prefix + "k")).isEqualTo("second");
    assertThat(second.load()).isEmpty();
    second.save(at(9));
    assertThat(second.load()).contains(at(9));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lateWriteOfKilledProcessLosesAgainstSuccessor(boolean firstCopy) throws Exception {
    V3Sink killed = firstCopy ? sink() : sinkAt(1);
    killed.apply(value("before"));
    proxy.nextTxns(LATE);
    fails(killed, value("old"));
    V3Sink successor = sink();
    assertThat(successor.load()).isEqualTo(killed.load());
    successor.apply(value("new"));
    proxy.release();
    assertThat(server.value(prefix + "k")).isEqualTo("new");
    successor.save(at(2));
  }

  @Test
  void savingLoadedCheckpointSettlesWritesOfKilledProcess() throws Exception {
    V3Sink killed = sinkAt(1);
    proxy.nextTxns(LATE, LATE);
    fails(killed, value("2"), at(2));
    fails(killed, value("3"), at(2));
    LateProxy.Held commit = proxy.take();
    LateProxy.Held late = proxy.take();
    V3Sink successor = sink();
    assertThat(successor.load()).contains(at(1));
    proxy.execute(commit);
    assertThatThrownBy(() -> successor.save(at(1))).isInstanceOf(FencedException.class);
    assertThat(successor.load()).contains(at(2));
    successor.save(at(2));
    proxy.execute(late);
    successor.apply(value("4"), at(4));
    assertThat(server.value(prefix + "k")).isEqualTo("4");
  }

  /** As after a restore from a backup, made before or during the life of this process. */
  @Test
  void olderCheckpointTextRevealsRestoredSink() throws Exception {
    V3Sink sink = sinkAt(1);
    String older = server.value("/__replication/" + link);
    sink.apply(value("1"), at(2));
    write(older);
    for (Attempt attempt :
        List.<Attempt>of(
            sink::confirm, () -> sink.apply(value("2"), at(3)), () -> sink.save(at(3)))) {
      assertThatThrownBy(attempt::run)
          .isInstanceOf(SinkRolledBackException.class)
          .hasMessageContaining("/__replication/" + link)
          .hasMessageContaining("older");
    }
    assertThat(sink.load()).contains(at(1));
    sink.confirm();
    sink.apply(value("3"), at(4));
    sink.confirm();
    assertThat(server.value(prefix + "k")).isEqualTo("3");
  }

  @Test
  void missingCheckpointRevealsWipedSink() throws Exception {
    V3Sink sink = sinkAt(1);
    sink.apply(value("1"), at(2));
    server.write(SinkOp.delete(Bytes.utf8("/__replication/" + link)));
    assertThatThrownBy(sink::confirm)
        .isInstanceOf(SinkRolledBackException.class)
        .hasMessageContaining("missing");
    assertThatThrownBy(() -> sink.apply(value("2"))).isInstanceOf(SinkRolledBackException.class);
    assertThat(sink.load()).isEmpty();
    sink.confirm();
    sink.save(at(2));
    sink.confirm();
  }

  @Test
  void confirmDetectsAnotherWriterWithoutWriting() throws Exception {
    V3Sink first = sinkAt(1);
    first.confirm();
    V3Sink second = sink();
    second.load();
    second.save(at(1));
    assertThatThrownBy(first::confirm).isInstanceOf(FencedException.class);
    write("1000");
    assertThatThrownBy(second::confirm)
        .isInstanceOf(FencedException.class)
        .hasMessageContaining("holding '1000'");
  }

  private void write(String text) throws Exception {
    server.write(
        SinkOp.put(Bytes.utf8("/__replication/" + link), ByteString.copyFromUtf8(text), 0));
  }

  @FunctionalInterface
  private interface Attempt {
    void run() throws Exception;
  }

  @Test
  void checkpointTextNamesItsWriterAndWriteNumber() throws Exception {
    V3Sink sink = sinkAt(1);
    sink.save(at(2).withNotes(Map.of("n", "writer=x\nwrite=7")));
    assertThat(server.value("/__replication/" + link))
        .matches("(?s)index=2\n.*\nwriter=[0-9a-f]{24} host=.*\nwrite=2\n");
  }
}
