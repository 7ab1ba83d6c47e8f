package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.v3.LateProxy.Fate.LATE;

import com.google.protobuf.ByteString;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.FencedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two processes on one link: the one that wrote first is stopped, and all that it sent. */
final class V3SinkSuccessorTest extends LateFixture {

  @Test
  void ofTwoMirrorsInAResyncTheFirstIsStoppedAtItsNextWrite() throws Exception {
    V3Sink first = sinkAt(1);
    first.apply(value("first"));
    V3Sink second = sink();
    assertThat(second.load()).contains(at(1));
    second.apply(value("second"));
    assertThatThrownBy(() -> first.apply(value("stale")))
        .isInstanceOf(FencedException.class)
        .hasMessageContaining("/__replication/" + link);
    second.save(at(9));
    assertThat(server.value(prefix + "k")).isEqualTo("second");
    assertThat(second.load()).contains(at(9));
  }

  @Test
  void ofTwoMirrorsInAFirstCopyTheFirstIsStoppedAtItsNextWrite() throws Exception {
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
  void whatAKilledProcessSentLosesAgainstItsSuccessor(boolean firstCopy) throws Exception {
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
  void savingWhatWasLoadedSettlesWhatAKilledProcessSent() throws Exception {
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

  @Test
  void aTextThatIsOlderThanWhatItWroteIsNotTakenForItsOwn() throws Exception {
    V3Sink sink = sinkAt(1);
    String older = server.value("/__replication/" + link);
    sink.apply(value("1"), at(2));
    // What a restore from a backup does.
    server.write(
        SinkOp.put(Bytes.utf8("/__replication/" + link), ByteString.copyFromUtf8(older), 0));
    assertThatThrownBy(() -> sink.apply(value("2"), at(3)))
        .isInstanceOf(FencedException.class)
        .hasMessageContaining("/__replication/" + link)
        .hasMessageContaining("older");
  }

  @Test
  void eachTextTellsWhoWroteItAndWhichOfItsWritesItIs() throws Exception {
    V3Sink sink = sinkAt(1);
    sink.save(at(2).withNotes(Map.of("n", "writer=x\nwrite=7")));
    assertThat(server.value("/__replication/" + link))
        .matches("(?s)index=2\n.*\nwriter=[0-9a-f]{24}\nwrite=2\n");
  }
}
