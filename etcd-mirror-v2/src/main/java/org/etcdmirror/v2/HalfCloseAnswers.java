package org.etcdmirror.v2;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.HttpUrl;
import org.etcdmirror.api.SourceNotice;

/**
 * Which endpoints end a watch in good order after a half-close. etcd does; an HTTP proxy on the way
 * may end the connection instead, and then the silence of a watch proves nothing. Safe for use by
 * many threads.
 */
final class HalfCloseAnswers {

  /** One may have been a connection that was cut. */
  private static final int ENOUGH = 3;

  /** What is known of an endpoint. */
  enum Known {
    NOTHING,
    ANSWERS,
    DOES_NOT_ANSWER
  }

  private record Seen(boolean answered, int unanswered) {}

  /** Bounded by the number of endpoints. */
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();

  private final Set<String> said = ConcurrentHashMap.newKeySet();

  Known of(HttpUrl endpoint) {
    Seen last = seen.get(V2Endpoints.text(endpoint));
    if (last == null) {
      return Known.NOTHING;
    }
    if (last.unanswered() >= ENOUGH) {
      return Known.DOES_NOT_ANSWER;
    }
    return last.answered() ? Known.ANSWERS : Known.NOTHING;
  }

  /** A watch ended in good order. */
  void answered(HttpUrl endpoint) {
    seen.put(V2Endpoints.text(endpoint), new Seen(true, 0));
  }

  /** A watch that was open ended otherwise after the half-close, or not in time. */
  void unanswered(HttpUrl endpoint) {
    seen.merge(
        V2Endpoints.text(endpoint),
        new Seen(false, 1),
        (before, now) -> new Seen(before.answered(), Math.min(ENOUGH, before.unanswered() + 1)));
  }

  /** Whether an operator has not been told of this endpoint yet; true once. */
  boolean isToBeSaid(HttpUrl endpoint) {
    return said.add(V2Endpoints.text(endpoint));
  }

  /** What an operator is told. */
  static SourceNotice notice(HttpUrl endpoint) {
    return new SourceNotice(
        SourceNotice.Kind.SILENCE_UNPROVEN,
        1,
        "%s does not end a watch in good order after a half-close, as an HTTP proxy on the way may do: the index moves with events only, and a long quiet time may end in a comparison; name etcd's own address, or use a TCP proxy"
            .formatted(V2Endpoints.text(endpoint)));
  }
}
