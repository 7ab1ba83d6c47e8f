package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Contract of each {@link org.etcdmirror.api.EventSink}. Extend it for a sink of {@link
 * KeyModel#BYTES}; extend {@link PathSinkContract} for one of {@link KeyModel#PATHS}. A sink that
 * promises more has more tests: each of {@link ReadableSinkContract}, {@link FencingContract},
 * {@link AtomicSinkContract} and {@link LateWritesContract} is a test class of its own.
 */
@Timeout(600)
public abstract class EventSinkContract extends SinkOpeningContract {

  private static final int MEBIBYTE = 1024 * 1024;

  /** For subclasses. */
  protected EventSinkContract() {}

  @Test
  void isTestedByTheContractOfItsKeyModel() {
    assertThat(this instanceof PathSinkContract).isEqualTo(paths());
  }

  @Test
  void holdsNothingAtFirst() throws Exception {
    assertThat(contents()).isEmpty();
  }

  @Test
  void putBecomesVisible() throws Exception {
    apply(put("/a", "1"), put("/b/c", "2"));
    assertThat(values()).isEqualTo(Map.of("/a", "1", "/b/c", "2"));
  }

  @Test
  void putReplacesTheValue() throws Exception {
    apply(put("/a", "1"));
    apply(put("/a", "2"));
    assertThat(values()).isEqualTo(Map.of("/a", "2"));
  }

  @Test
  void applyingABatchAgainChangesNothing() throws Exception {
    apply(put("/gone", "0"));
    EventBatch batch = batch(put("/a", "1"), delete("/gone"), deleteTree("/t"), put("/t/x", "2"));
    for (int i = 0; i < 3; i++) {
      sink.apply(batch);
      assertThat(values()).isEqualTo(Map.of("/a", "1", "/t/x", "2"));
    }
  }

  @Test
  void applyingOldBatchesAgainEndsInTheSameState() throws Exception {
    List<EventBatch> batches =
        List.of(
            batch(put("/a", "1"), put("/b", "1"), put("/t/x", "1")),
            batch(put("/a", "2"), delete("/b"), put("/t/y/z", "2")),
            batch(deleteTree("/t"), put("/t/new", "3")),
            batch(delete("/a"), put("/b", "4")),
            batch(put("/a", "5"), delete("/t/new")));
    for (EventBatch batch : batches) {
      sink.apply(batch);
    }
    Map<String, String> end = Map.of("/a", "5", "/b", "4");
    assertThat(values()).isEqualTo(end);
    for (int from = 0; from < batches.size(); from++) {
      for (EventBatch batch : batches.subList(from, batches.size())) {
        sink.apply(batch);
      }
      assertThat(values()).as("again from batch %d", from).isEqualTo(end);
    }
  }

  @Test
  void aBatchWithoutEventsChangesNothing() throws Exception {
    apply(put("/a", "1"));
    sink.apply(EventBatch.of(List.of(), 1_000, 2_000));
    assertThat(values()).isEqualTo(Map.of("/a", "1"));
  }

  @Test
  void deleteRemovesTheKeyAndNoOther() throws Exception {
    apply(put("/a", "1"), put("/ab", "2"), put("/b", "3"));
    apply(delete("/a"));
    assertThat(values()).isEqualTo(Map.of("/ab", "2", "/b", "3"));
  }

  @Test
  void deletingWhatIsMissingIsFine() throws Exception {
    apply(put("/a", "1"));
    apply(delete("/missing"), delete("/nowhere/at/all"), deleteTree("/no/tree"), delete("/a/b"));
    assertThat(values()).isEqualTo(Map.of("/a", "1"));
  }

  @Test
  void deleteTreeRemovesTheTreeAndNoSibling() throws Exception {
    apply(put("/a/b", "1"), put("/a/c/d/e", "2"));
    apply(put("/ab", "3"), put("/a-b/c", "4"), put("/a.c", "5"), put("/a0", "6"), put("/A/b", "7"));
    apply(deleteTree("/a"));
    assertThat(values())
        .isEqualTo(Map.of("/ab", "3", "/a-b/c", "4", "/a.c", "5", "/a0", "6", "/A/b", "7"));
  }

  @Test
  void deleteTreeRemovesTheKeyItself() throws Exception {
    apply(put("/a", "1"), put("/ab", "2"));
    apply(deleteTree("/a"));
    assertThat(values()).isEqualTo(Map.of("/ab", "2"));
  }

  @Test
  void deleteTreeRemovesMoreThanABatchHolds() throws Exception {
    MirrorEvent[] many = new MirrorEvent[1_500];
    for (int i = 0; i < many.length; i++) {
      many[i] = put("/t/" + i % 7 + "/" + i, "x");
    }
    apply(many);
    apply(put("/u", "1"));
    apply(deleteTree("/t"));
    assertThat(values()).isEqualTo(Map.of("/u", "1"));
  }

  @Test
  void putAfterDeleteTreeInOneBatchStays() throws Exception {
    apply(put("/t/x", "1"), put("/t/y", "1"), put("/t/z/deep", "1"));
    apply(deleteTree("/t"), put("/t/x", "2"), put("/t/new", "2"));
    assertThat(values()).isEqualTo(Map.of("/t/x", "2", "/t/new", "2"));
    apply(deleteTree("/t"), put("/t", "3"));
    assertThat(values()).isEqualTo(Map.of("/t", "3"));
  }

  @Test
  void aKeyAboveOthersReplacesThemOnlyWhereKeysArePaths() throws Exception {
    apply(put("/n/x", "1"));
    apply(put("/n", "2"));
    assertThat(values()).isEqualTo(paths() ? Map.of("/n", "2") : Map.of("/n", "2", "/n/x", "1"));
  }

  @Test
  void putBeforeDeleteTreeInOneBatchGoes() throws Exception {
    apply(put("/t/x", "1"), put("/u", "1"), deleteTree("/t"));
    assertThat(values()).isEqualTo(Map.of("/u", "1"));
  }

  @Test
  void keepsEmptyAndLargeValues() throws Exception {
    Bytes large = ContractKeys.text(MEBIBYTE);
    apply(put("/empty", ""), put("/large", large.utf8()));
    assertThat(values(contents()))
        .containsEntry(key("/empty"), Bytes.EMPTY)
        .containsEntry(key("/large"), large);
  }

  @Test
  void keepsOddKeysAndValues() throws Exception {
    Map<Bytes, Bytes> expected = new LinkedHashMap<>();
    for (String odd : ContractKeys.ODD) {
      expected.put(key("/" + odd), Bytes.utf8(odd));
      expected.put(key("/below/" + odd + "/" + odd), Bytes.utf8(odd + "\n\t" + odd));
    }
    if (!paths()) {
      Bytes binary = Bytes.of(new byte[] {0, -1, -2, '/', 0});
      expected.put(key("/").plus(binary), binary);
      expected.put(key("//"), Bytes.utf8("no segment is special"));
    }
    applyPuts(expected);
    assertThat(values(contents())).containsExactlyInAnyOrderEntriesOf(expected);
    sink.apply(
        EventBatch.of(
            expected.keySet().stream()
                .<MirrorEvent>map(key -> new MirrorEvent.Delete(key, 2_000))
                .toList(),
            2_000,
            2_000));
    assertThat(values(contents())).isEmpty();
  }

  @Test
  void keepsValuesThatAreNoText() throws Exception {
    Map<Bytes, Bytes> expected = noText();
    applyPuts(expected);
    assertThat(values(contents())).containsExactlyInAnyOrderEntriesOf(expected);
  }

  /** A batch that was applied is durable: the next run finds it, byte by byte. */
  @Test
  void holdsWhatWasAppliedWhenItIsOpenedAgain() throws Exception {
    if (!sink.isDurable()) {
      return;
    }
    Map<Bytes, Bytes> expected = noText();
    for (String odd : ContractKeys.ODD) {
      expected.put(key("/" + odd), Bytes.utf8(odd + "\r\n\t" + odd));
    }
    expected.put(key("/empty"), Bytes.EMPTY);
    expected.put(key("/large"), ContractKeys.text(MEBIBYTE));
    applyPuts(expected);
    apply(put("/gone", "1"), put("/tree/gone", "2"));
    apply(delete("/gone"), deleteTree("/tree"));
    reopen();
    assertThat(values(contents())).containsExactlyInAnyOrderEntriesOf(expected);
    apply(put("/empty", "no more"), delete("/large"));
    expected.put(key("/empty"), Bytes.utf8("no more"));
    expected.remove(key("/large"));
    reopen();
    assertThat(values(contents())).containsExactlyInAnyOrderEntriesOf(expected);
  }

  /** Values that are not UTF-8, as far as the sink does not refuse them. */
  private Map<Bytes, Bytes> noText() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    Map<Bytes, Bytes> values = new LinkedHashMap<>();
    values.put(key("/no text/every byte"), Bytes.of(all));
    values.put(key("/no text/cut short"), Bytes.of(new byte[] {'a', (byte) 0xe9, (byte) 0x8d}));
    values.put(key("/no text/overlong"), Bytes.of(new byte[] {(byte) 0xc0, (byte) 0x80}));
    values.put(key("/no text/surrogate"), Bytes.of(new byte[] {(byte) 0xed, (byte) 0xa0, 'x'}));
    values
        .entrySet()
        .removeIf(entry ->
            sink.refusal(new MirrorEvent.Put(entry.getKey(), entry.getValue(), 1, null)) != null);
    return values;
  }

  @Test
  void keepsAValueThatExpiresMuchLater() throws Exception {
    Expiry later = Expiry.in(Duration.ofHours(1));
    apply(new MirrorEvent.Put(key("/lease"), Bytes.utf8("1"), 0, later), put("/a", "2"));
    assertThat(values()).isEqualTo(Map.of("/a", "2", "/lease", "1"));
  }

  @Test
  void keepsTheOrderOfEventsOnOneKey() throws Exception {
    for (int i = 0; i < 50; i++) {
      apply(put("/a", "value " + i), put("/b", "x"));
      apply(delete("/b"), put("/c", "x"));
      apply(deleteTree("/c"), put("/c", "value " + i));
    }
    assertThat(values()).isEqualTo(Map.of("/a", "value 49", "/c", "value 49"));
  }

  @Test
  void takesABatchOfManyKeys() throws Exception {
    Map<Bytes, Bytes> expected = new LinkedHashMap<>();
    for (int i = 0; i < 2_000; i++) {
      expected.put(key("/many/" + i % 13 + "/" + i), Bytes.utf8("value " + i));
    }
    applyPuts(expected);
    assertThat(values(contents())).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void saysHowLongALostWriteMayStillTakeEffect() {
    assertThat(sink.lateEffects()).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThatCode(() -> sink.answers("")).doesNotThrowAnyException();
  }

  @Test
  void closingAgainIsHarmless() {
    sink.close();
    sink.close();
  }
}
