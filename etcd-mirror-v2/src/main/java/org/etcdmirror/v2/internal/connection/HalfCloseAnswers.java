package org.etcdmirror.v2.internal.connection;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.HttpUrl;
import org.etcdmirror.api.SourceNotice;

/**
 * Remembers which endpoints end a watch in good order after a half-close. etcd does; an HTTP proxy
 * may end the connection instead, and then the silence of a watch proves nothing. Safe for use by
 * many threads.
 */
public final class HalfCloseAnswers {

  /** One may have been a connection that was cut. */
  private static final int ENOUGH = 3;

  /** The known answer of an endpoint. */
  public enum Known {
    NOTHING,
    ANSWERS,
    DOES_NOT_ANSWER
  }

  /**
   * The observations of one endpoint.
   *
   * @param answered how many answers came one after the other
   * @param unanswered how many times none came, one after the other
   * @param hopeless whether it is taken for one that does not answer
   */
  private record Seen(int answered, int unanswered, boolean hopeless) {

    Seen plusAnswered() {
      int count = Math.min(ENOUGH, answered + 1);
      return new Seen(count, 0, hopeless && count < ENOUGH);
    }

    Seen plusUnanswered() {
      int count = Math.min(ENOUGH, unanswered + 1);
      return new Seen(0, count, hopeless || count == ENOUGH);
    }
  }

  private static final Seen NOTHING = new Seen(0, 0, false);

  /** Bounded by the number of endpoints. */
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();

  private final Set<String> said = ConcurrentHashMap.newKeySet();

  public Known of(HttpUrl endpoint) {
    Seen last = seen.getOrDefault(V2Endpoints.text(endpoint), NOTHING);
    if (last.hopeless()) {
      return Known.DOES_NOT_ANSWER;
    }
    return last.answered() > 0 ? Known.ANSWERS : Known.NOTHING;
  }

  /**
   * A watch ended in good order.
   *
   * @return whether that is believed: where half-closes are ignored, such an end has another reason
   *     (a proxy that speaks HTTP 1.0 to etcd writes it when etcd dies), so it takes several
   */
  public boolean answered(HttpUrl endpoint) {
    seen.merge(
        V2Endpoints.text(endpoint), NOTHING.plusAnswered(), (last, x) -> last.plusAnswered());
    return of(endpoint) == Known.ANSWERS;
  }

  /** A watch that was open ended otherwise after the half-close, or not in time. */
  public void unanswered(HttpUrl endpoint) {
    seen.merge(
        V2Endpoints.text(endpoint), NOTHING.plusUnanswered(), (last, x) -> last.plusUnanswered());
  }

  /** Whether an operator has not been told of this endpoint yet; true once. */
  public boolean isFirstReport(HttpUrl endpoint) {
    return said.add(V2Endpoints.text(endpoint));
  }

  /** The notice for an operator. */
  public static SourceNotice notice(HttpUrl endpoint) {
    return new SourceNotice(
        SourceNotice.Kind.SILENCE_UNPROVEN,
        1,
        "%s does not end a watch after a half-close, as an HTTP proxy may do: the index moves only with events, and those of other prefixes are read one by one; name etcd's own address, or use a TCP proxy"
            .formatted(V2Endpoints.text(endpoint)));
  }
}
