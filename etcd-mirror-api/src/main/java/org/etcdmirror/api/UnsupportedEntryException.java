package org.etcdmirror.api;

import java.util.List;
import java.util.stream.Collectors;

/** The sink can never hold some of the entries. None of these was written. */
public final class UnsupportedEntryException extends PermanentException {

  private static final long serialVersionUID = 1L;
  private static final int NAMED = 10;

  /**
   * An entry that the sink cannot hold.
   *
   * @param key its key in the sink
   * @param reason why, for a person
   */
  public record Refusal(Bytes key, String reason) {}

  /** Not for serialization: a stack trace and a message is all that another process needs. */
  private final transient List<Refusal> refusals;

  /**
   * Makes the exception.
   *
   * @param refusals what is refused, at least one
   */
  public UnsupportedEntryException(List<Refusal> refusals) {
    super(describe(refusals));
    this.refusals = List.copyOf(refusals);
  }

  private static String describe(List<Refusal> refusals) {
    String named =
        refusals.stream()
            .limit(NAMED)
            .map(refusal -> "'%s' (%s)".formatted(refusal.key(), refusal.reason()))
            .collect(Collectors.joining(", "));
    return "the sink cannot hold %d entries: %s%s"
        .formatted(refusals.size(), named, refusals.size() > NAMED ? ", ..." : "");
  }

  /** What is refused. */
  public List<Refusal> refusals() {
    return refusals;
  }
}
