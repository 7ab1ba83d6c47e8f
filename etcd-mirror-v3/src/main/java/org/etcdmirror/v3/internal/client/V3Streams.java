package org.etcdmirror.v3.internal.client;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;

/** The calls to a cluster that last, each on the member that is in use when it begins. */
public final class V3Streams {

  private static final KeyRange NO_KEYS = KeyRange.single(ByteString.EMPTY);

  private final V3Members members;
  private final WatchLimit watchLimit = new WatchLimit();
  private final WatchPatience watchPatience = new WatchPatience();
  private volatile boolean mayStreamRanges = true;

  V3Streams(V3Members members) {
    this.members = members;
  }

  /** A call on the watches' channel, without a deadline, to be started by the caller. */
  public <Q, R> V3Stream<Q, R> open(MethodDescriptor<Q, R> method) throws IOException {
    V3Member member = members.current();
    V3Asked asked = V3Asked.change(method);
    return new V3Stream<>(
        member.watches().newCall(method, members.options(member)), member, method, asked, NO_KEYS);
  }

  /** How to ask for the next watch. */
  public WatchLimit.Form watchForm() {
    return watchLimit.next();
  }

  /** How to ask for a watch whose answers are expected to have so many bytes. */
  public WatchLimit.Form watchForm(int expectedBytes) {
    return watchLimit.expecting(expectedBytes);
  }

  /** The same for a watch: an answer that is larger than asked for ends it, unread. */
  public <Q, R> V3Stream<Q, R> watch(
      MethodDescriptor<Q, R> method, KeyRange range, WatchLimit.Form form) throws IOException {
    return watch(members.current(), method, range, form);
  }

  /** So many watches of a range, all on one member. */
  public <Q, R> List<V3Stream<Q, R>> watches(
      MethodDescriptor<Q, R> method, KeyRange range, int count, WatchLimit.Form form)
      throws IOException {
    V3Member member = members.current();
    List<V3Stream<Q, R>> watches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      watches.add(watch(member, method, range, form));
    }
    return watches;
  }

  private <Q, R> V3Stream<Q, R> watch(
      V3Member member, MethodDescriptor<Q, R> method, KeyRange range, WatchLimit.Form form) {
    CallOptions options = members.options(member).withMaxInboundMessageSize(form.bytes());
    V3Asked asked = V3Asked.watch(range);
    return new V3Stream<>(member.watches().newCall(method, options), member, method, asked, range);
  }

  /** The size limit of a watch's answer. */
  public WatchLimit watchLimit() {
    return watchLimit;
  }

  /** The patience with silent watches. */
  public WatchPatience watchPatience() {
    return watchPatience;
  }

  /** The same for an answer of many messages, on the channel of the calls. */
  public <R> V3Stream<RangeRequest, R> bulk(
      MethodDescriptor<RangeRequest, R> method, RangeRequest request) throws IOException {
    V3Asked asked = V3Asked.of(method, request);
    KeyRange range = new KeyRange(request.getKey(), request.getRangeEnd());
    V3Member member = members.current();
    return new V3Stream<>(
        member.calls().newCall(method, members.options(member)), member, method, asked, range);
  }

  /** Whether it is worth a try to have a range streamed. */
  public boolean mayStreamRanges() {
    return mayStreamRanges;
  }

  /** Records that the cluster is too old for it. */
  public void lacksRangeStreams() {
    mayStreamRanges = false;
  }

  /** Asks the very server that a stream is on: they share a connection. */
  public <Q, R> CompletableFuture<R> sendBeside(
      V3Stream<?, ?> stream, MethodDescriptor<Q, R> method, Q request) {
    V3Member member = stream.member();
    return V3Calls.unary(
        member,
        member.watches(),
        method,
        members.timed(member, V3Client.DEADLINE),
        request,
        members.user());
  }

  /** A stream was answered: it may be asked for. */
  public void letIn(V3Stream<?, ?> stream) {
    members.letIn(stream.asked());
  }

  /**
   * Converts the failure of a stream, or a refusal in a message of it. The next stream uses another
   * member if that may help.
   *
   * @throws PermanentException if it will never work
   */
  public IOException failed(V3Stream<?, ?> stream, Status status) {
    members.noteFailure(stream.member(), status);
    Throwable failure =
        V3Failures.of(
            stream.member().explained(status),
            stream.member().endpoint(),
            stream.method().getFullMethodName(),
            members.user(),
            () -> V3Rights.of(stream.range()));
    boolean probe = stream.method() == KVGrpc.getRangeStreamMethod();
    if (!probe || V3Failures.problem(status) != V3Problem.UNKNOWN_METHOD) {
      failure = members.judged(failure, stream.asked(), stream.member());
    }
    if (failure instanceof PermanentException permanent) {
      throw permanent;
    }
    return failure instanceof IOException passing ? passing : new IOException(failure);
  }

  /** Moves on from the member of a stream, which answers and yet is of no use, being behind. */
  public void avoid(V3Stream<?, ?> stream) {
    members.moveOnFrom(stream.member());
  }
}
