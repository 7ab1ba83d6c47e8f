package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The sink cannot hold some of the entries. None of these was written. */
public final class UnsupportedEntryException extends PermanentException {

  private static final long serialVersionUID = 1L;
  private static final int NAMED = 10;

  /**
   * An entry that the sink cannot hold.
   *
   * @param key its key in the sink
   * @param reason why, for a person
   * @param clash the key of the value that it cannot exist together with, above it or below it;
   *     null if the entry can never be held, whatever else there is
   */
  public record Refusal(Bytes key, String reason, @Nullable Bytes clash) {

    /** Refuses nulls, but for the clash. */
    public Refusal {
      requireNonNull(key, "key");
      requireNonNull(reason, "reason");
    }

    /** An entry that can never be held. */
    public Refusal(Bytes key, String reason) {
      this(key, reason, null);
    }
  }

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
