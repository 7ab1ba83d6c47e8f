package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.LeaseGrantRequest;
import org.etcdmirror.v3.rpc.LeaseGrantResponse;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveRequest;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveResponse;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.PutResponse;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.etcdmirror.v3.rpc.ResponseOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;
import org.junit.jupiter.api.Test;

/** An answer that no etcd gives to a question is refused, whatever is wrong with it. */
class AnswerCheckTest {

  private static final String NONE = "no flaw";

  private static final RangeRequest RANGE =
      RangeRequest.newBuilder().setKey(bytes("/a")).setRangeEnd(bytes("/b")).build();

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder().setRevision(revision).build();
  }

  private static KeyValue kv(String key, long created, long changed) {
    return KeyValue.newBuilder()
        .setKey(bytes(key))
        .setCreateRevision(created)
        .setModRevision(changed)
        .build();
  }

  private static RangeResponse.Builder page(long revision, KeyValue... kvs) {
    RangeResponse.Builder page = RangeResponse.newBuilder().setHeader(header(revision));
    for (KeyValue kv : kvs) {
      page.addKvs(kv);
    }
    return page.setCount(kvs.length);
  }

  private static String flaw(Object request, Object answer) {
    String flaw = AnswerCheck.flaw(request, answer);
    return flaw == null ? NONE : flaw;
  }

  private static String flaw(RangeResponse.Builder page) {
    return flaw(RANGE, page.build());
  }

  @Test
  void keysOfTheRangeInOrderHaveNoFlaw() {
    assertThat(flaw(page(9, kv("/a", 1, 9), kv("/a1", 9, 9)))).isEqualTo(NONE);
    assertThat(flaw(page(9))).isEqualTo(NONE);
  }

  @Test
  void headerRevisionMustBePossible() {
    assertThat(flaw(page(0))).contains("header revision is 0");
    assertThat(flaw(page(-3))).contains("header revision is -3");
  }

  @Test
  void headerMustNotBeOlderThanTheRevisionAskedFor() {
    RangeRequest at = RANGE.toBuilder().setRevision(9).build();
    assertThat(flaw(at, page(8).build())).contains("revision 9 was requested");
    assertThat(flaw(at, page(9).build())).isEqualTo(NONE);
  }

  @Test
  void keyMustNotBeNewerThanTheRevisionAskedFor() {
    RangeRequest at = RANGE.toBuilder().setRevision(9).build();
    assertThat(flaw(at, page(20, kv("/a", 1, 9)).build())).isEqualTo(NONE);
    assertThat(flaw(at, page(20, kv("/a", 1, 10)).build())).contains("impossible mod revision 10");
    assertThat(flaw(page(20, kv("/a", 1, 20)))).isEqualTo(NONE);
    assertThat(flaw(page(20, kv("/a", 1, 21)))).contains("impossible mod revision 21");
    assertThat(flaw(page(20, kv("/a", 0, 0)))).contains("impossible mod revision 0");
  }

  @Test
  void keyMustNotBeCreatedAfterItsLastChange() {
    assertThat(flaw(page(20, kv("/a", 6, 5)))).contains("create revision 6 above");
    assertThat(flaw(page(20, kv("/a", 5, 5)))).isEqualTo(NONE);
  }

  @Test
  void keyMustHaveBeenAskedFor() {
    assertThat(flaw(page(9, kv("/b", 1, 1)))).contains("'/b', which was not requested");
    RangeRequest one = RangeRequest.newBuilder().setKey(bytes("/a")).build();
    assertThat(flaw(one, page(9, kv("/a", 1, 1)).build())).isEqualTo(NONE);
    assertThat(flaw(one, page(9, kv("/a1", 1, 1)).build())).contains("not requested");
  }

  @Test
  void keysMustAscend() {
    assertThat(flaw(page(9, kv("/a2", 1, 1), kv("/a1", 1, 1)))).contains("'/a1' after '/a2'");
    assertThat(flaw(page(9, kv("/a1", 1, 1), kv("/a1", 1, 1)))).contains("'/a1' after '/a1'");
  }

  @Test
  void countMustFitTheKeys() {
    assertThat(flaw(page(9, kv("/a", 1, 1)).setCount(0))).contains("1 keys of 0");
    assertThat(flaw(page(9, kv("/a", 1, 1)).setCount(2))).contains("there are no more");
    assertThat(flaw(page(9, kv("/a", 1, 1)).setCount(2).setMore(true))).isEqualTo(NONE);
    RangeRequest count = RANGE.toBuilder().setCountOnly(true).build();
    assertThat(flaw(count, page(9).setCount(5).build())).isEqualTo(NONE);
    RangeRequest filtered = RANGE.toBuilder().setMinModRevision(3).build();
    assertThat(flaw(filtered, page(9).setCount(5).build())).isEqualTo(NONE);
  }

  @Test
  void limitMustBeKept() {
    RangeRequest one = RANGE.toBuilder().setLimit(1).build();
    assertThat(flaw(one, page(9, kv("/a", 1, 1)).build())).isEqualTo(NONE);
    assertThat(flaw(one, page(9, kv("/a", 1, 1), kv("/a1", 1, 1)).build()))
        .contains("2 keys, but the limit was 1");
  }

  @Test
  void emptyPageMustBeTheLast() {
    assertThat(flaw(page(9).setCount(5).setMore(true))).contains("returned no key");
  }

  private static final TxnRequest TXN =
      TxnRequest.newBuilder()
          .addSuccess(RequestOp.newBuilder().setRequestPut(PutRequest.getDefaultInstance()))
          .addFailure(RequestOp.newBuilder().setRequestRange(RANGE))
          .addFailure(RequestOp.newBuilder().setRequestRange(RANGE))
          .build();

  private static ResponseOp put() {
    return ResponseOp.newBuilder().setResponsePut(PutResponse.getDefaultInstance()).build();
  }

  private static ResponseOp range(RangeResponse.Builder page) {
    return ResponseOp.newBuilder().setResponseRange(page).build();
  }

  private static TxnResponse txn(long revision, boolean succeeded, ResponseOp... ops) {
    TxnResponse.Builder answer =
        TxnResponse.newBuilder().setHeader(header(revision)).setSucceeded(succeeded);
    for (ResponseOp op : ops) {
      answer.addResponses(op);
    }
    return answer.build();
  }

  @Test
  void transactionAnswersEachOperationOfItsBranch() {
    assertThat(flaw(TXN, txn(9, true, put()))).isEqualTo(NONE);
    assertThat(flaw(TXN, txn(9, true))).contains("answered 0 of 1 operations");
    assertThat(flaw(TXN, txn(9, false, range(page(9)), range(page(9))))).isEqualTo(NONE);
    assertThat(flaw(TXN, txn(9, false, range(page(9))))).contains("answered 1 of 2");
    assertThat(flaw(TXN, txn(0, true, put()))).contains("header revision is 0");
  }

  @Test
  void readOfATransactionIsCheckedLikeAnyOther() {
    assertThat(flaw(TXN, txn(9, false, range(page(9)), put())))
        .contains("did not answer a read with a read");
    assertThat(flaw(TXN, txn(9, false, range(page(9)), range(page(9, kv("/x", 1, 1))))))
        .contains("not requested");
  }

  private static LeaseTimeToLiveResponse left(long id, long seconds, long granted) {
    return LeaseTimeToLiveResponse.newBuilder()
        .setID(id)
        .setTTL(seconds)
        .setGrantedTTL(granted)
        .build();
  }

  @Test
  void timeToLiveMustBePossible() {
    LeaseTimeToLiveRequest asked = LeaseTimeToLiveRequest.newBuilder().setID(0x1f).build();
    long longest = 9_000_000_000L;
    assertThat(flaw(asked, left(0x1f, 5, 10))).isEqualTo(NONE);
    assertThat(flaw(asked, left(0x1f, -1, 0))).as("it is gone").isEqualTo(NONE);
    assertThat(flaw(asked, left(0x1f, -3, 5))).as("it has ended").isEqualTo(NONE);
    assertThat(flaw(asked, left(0x1f, longest, longest))).isEqualTo(NONE);
    assertThat(flaw(asked, left(0x1f, -2, 0))).contains("lease 1f, -2 seconds");
    assertThat(flaw(asked, left(0x1f, longest + 1, 0))).contains("impossible time to live");
    assertThat(flaw(asked, left(0x1f, 5, -1))).contains("granted lease 1f for -1 seconds");
    assertThat(flaw(asked, left(0x1f, 5, longest + 1))).contains("granted lease 1f");
    assertThat(flaw(asked, left(0x2f, 5, 10))).contains("lease 2f instead of 1f");
  }

  @Test
  void grantedLeaseMustBeTheOneAskedFor() {
    LeaseGrantRequest asked = LeaseGrantRequest.newBuilder().setID(0x1f).setTTL(5).build();
    LeaseGrantResponse.Builder granted = LeaseGrantResponse.newBuilder().setID(0x1f).setTTL(1);
    assertThat(flaw(asked, granted.build())).isEqualTo(NONE);
    assertThat(flaw(asked, granted.setTTL(0).build())).contains("impossible time to live");
    assertThat(flaw(asked, granted.setTTL(5).setID(0x2f).build())).contains("lease 2f instead");
    assertThat(AnswerCheck.flaw(0, 5, 1)).contains("lease with id 0");
  }

  @Test
  void otherAnswersAreNotChecked() {
    assertThat(flaw(PutRequest.getDefaultInstance(), PutResponse.getDefaultInstance()))
        .isEqualTo(NONE);
  }
}
