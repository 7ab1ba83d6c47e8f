package org.etcdmirror.v2.internal.lead;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
import org.etcdmirror.api.Candidate;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.Lead;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Lead;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.index.V2Link;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Form;
import org.etcdmirror.v2.internal.protocol.V2Node;
import org.jspecify.annotations.Nullable;

/**
 * Leads by a key with a time to live, which is only created where it is missing, and prolonged only
 * while it holds this member's own value. The term counts from before the request.
 */
public final class V2Candidate implements Candidate {

  private static final String LINE = "leader=";

  /** A leader reads it several times in a term. */
  private static final Duration NOTICE_LASTS = Duration.ofHours(1);

  private final V2Client client;
  private final String key;
  private final String noticeKey;
  private final String member;
  private final String value;
  private final Duration duration;
  private final V2Term term;
  private final Function<V2Lead, EventSink> sinks;

  /** Whether the key may hold this member's value. */
  private boolean mayHold;

  /**
   * A candidate.
   *
   * @param client used by this alone
   * @param sinks makes a sink for each time as leader
   */
  public V2Candidate(
      V2Client client,
      V2Link link,
      String member,
      Duration term,
      Function<V2Lead, EventSink> sinks) {
    this.client = client;
    this.key = link.leaderKey();
    this.noticeKey = link.noticeKey();
    this.member = member;
    this.value = LINE + member + "\nid=" + UUID.randomUUID() + "\n";
    this.duration = term;
    this.term = new V2Term(term);
    this.sinks = sinks;
  }

  @Override
  public Lead ask() throws IOException, InterruptedException {
    if (mayHold) {
      return put(new V2Form().with("prevExist", true).with("prevValue", encoded()))
          ? mine()
          : notMine();
    }
    V2Node found = get(key);
    if (found == null) {
      return put(new V2Form().with("prevExist", false)) ? mine() : Lead.NONE;
    }
    // The answer to the creation may have been lost.
    mayHold = value.equals(found.value());
    return new Lead(nameIn(found), false, 0);
  }

  /**
   * A lead that ran out is taken again by the next question only. Another member may have led
   * meanwhile, and nothing else keeps this one from writing what it read before.
   */
  private Lead notMine() throws IOException, InterruptedException {
    V2Node found = get(key);
    return found == null ? Lead.NONE : new Lead(nameIn(found), false, 0);
  }

  private Lead mine() throws IOException, InterruptedException {
    V2Node notice = get(noticeKey);
    return new Lead(member, true, notice == null ? 0 : notice.modifiedIndex());
  }

  /** Whether the key was as the conditions say, and is this member's now. */
  private boolean put(V2Form form) throws IOException, InterruptedException {
    long began = System.nanoTime();
    form.with("ttl", duration.toSeconds()).withValue(value.getBytes(StandardCharsets.UTF_8));
    mayHold = true;
    try {
      client.send(V2Request.put(key, form));
      term.lasts(began + duration.toNanos());
      return true;
    } catch (V2ErrorException e) {
      if (!isOther(e)) {
        throw e;
      }
      mayHold = false;
      term.ends();
      return false;
    }
  }

  private static boolean isOther(V2ErrorException e) {
    return switch (e.errorCode()) {
      case V2ErrorException.COMPARE_FAILED,
          V2ErrorException.KEY_EXISTS,
          V2ErrorException.KEY_NOT_FOUND ->
          true;
      default -> false;
    };
  }

  private @Nullable V2Node get(String of) throws IOException, InterruptedException {
    try {
      return client.get(of, "quorum=true").requireNode();
    } catch (V2ErrorException e) {
      if (e.errorCode() == V2ErrorException.KEY_NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  private static @Nullable String nameIn(V2Node found) {
    String text = found.value();
    return text == null || !text.startsWith(LINE)
        ? text
        : text.substring(LINE.length()).lines().findFirst().orElse("");
  }

  private String encoded() {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  @Override
  public void resign() throws IOException, InterruptedException {
    term.ends();
    if (!mayHold) {
      return;
    }
    try {
      client.send(V2Request.delete(key, "prevValue=" + encoded()));
    } catch (V2ErrorException e) {
      if (!isOther(e)) {
        throw e;
      }
    }
    mayHold = false;
  }

  @Override
  public void tellOfLateWrites() throws IOException, InterruptedException {
    V2Form form =
        new V2Form()
            .with("ttl", NOTICE_LASTS.toSeconds())
            .withValue(value.getBytes(StandardCharsets.UTF_8));
    client.send(V2Request.put(noticeKey, form));
  }

  @Override
  public EventSink sink() {
    return sinks.apply(term);
  }

  @Override
  public void close() {
    client.close();
  }
}
