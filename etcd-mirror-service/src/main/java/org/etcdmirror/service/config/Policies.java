package org.etcdmirror.service.config;

import java.util.List;
import java.util.Map;
import org.etcdmirror.core.CatchUp;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.Verification;
import org.jspecify.annotations.Nullable;

/**
 * How the mirror behaves.
 *
 * @param recovery what to do about gaps
 * @param comparesAtStart whether a start compares both sides
 * @param deleteLimit how much a resync may delete; null for the default
 * @param maxWritesPerSecond the most keys to write in a second; null for no limit
 * @param requiresEmpty whether a first copy needs an empty sink
 * @param formerPrefixes prefixes whose keys may be deleted without approval
 * @param expiry what to do with times to live
 * @param unsupported what to do with entries that the sink cannot hold
 * @param catchUp what to do with a backlog
 * @param verification when to compare both sides; null for never
 */
public record Policies(
    RecoveryPolicy recovery,
    boolean comparesAtStart,
    @Nullable DeleteLimit deleteLimit,
    @Nullable Integer maxWritesPerSecond,
    boolean requiresEmpty,
    List<Given> formerPrefixes,
    ExpiryPolicy expiry,
    UnsupportedEntries unsupported,
    CatchUp catchUp,
    @Nullable Verification verification) {

  private static final String RESYNC_UP_TO = "resync:";

  /**
   * Reads these options.
   *
   * @throws UsageException if one is wrong
   */
  static Policies of(Values values) {
    return new Policies(
        recovery(values.one(LinkOption.RECOVERY)),
        false,
        deleteLimit(values.optional(LinkOption.MAX_DELETES)),
        maxWrites(values.optional(LinkOption.MAX_WRITES_PER_SECOND)),
        values.optional(LinkOption.REQUIRE_EMPTY) != null,
        values.all(LinkOption.FORMER_PREFIX).stream().map(Policies::formerPrefix).toList(),
        values
            .one(LinkOption.TTL)
            .choose(
                "follow, copy",
                Map.of("follow", ExpiryPolicy.FOLLOW_SOURCE, "copy", ExpiryPolicy.COPY)),
        values
            .one(LinkOption.UNSUPPORTED_ENTRIES)
            .choose(
                "fail, skip",
                Map.of("fail", UnsupportedEntries.FAIL, "skip", UnsupportedEntries.SKIP)),
        catchUp(values),
        verification(values));
  }

  /** Returns the same with a comparison at the start, and another policy for gaps. */
  public Policies comparingAtStart(RecoveryPolicy other) {
    return new Policies(
        other,
        true,
        deleteLimit,
        maxWritesPerSecond,
        requiresEmpty,
        formerPrefixes,
        expiry,
        unsupported,
        catchUp,
        verification);
  }

  private static RecoveryPolicy recovery(Given given) {
    if (given.text().startsWith(RESYNC_UP_TO)) {
      String events = given.text().substring(RESYNC_UP_TO.length());
      return RecoveryPolicy.resync()
          .upTo(AmountOption.count(given, events, 0), RecoveryPolicy.fail());
    }
    return given.choose(
        "resync, resync:N, fail, skip-gap",
        Map.of(
            "resync", RecoveryPolicy.resync(),
            "fail", RecoveryPolicy.fail(),
            "skip-gap", RecoveryPolicy.skipGap()));
  }

  private static @Nullable DeleteLimit deleteLimit(@Nullable Given given) {
    if (given == null) {
      return null;
    }
    try {
      return DeleteLimit.parse(given.text());
    } catch (IllegalArgumentException e) {
      throw given.wrong(e);
    }
  }

  private static @Nullable Integer maxWrites(@Nullable Given given) {
    return given == null
        ? null
        : (Integer) (int) Math.min(Integer.MAX_VALUE, AmountOption.count(given, 1));
  }

  private static Given formerPrefix(Given given) {
    if (given.text().isEmpty()) {
      throw given.wrong("a former prefix must not be empty");
    }
    return given;
  }

  private static CatchUp catchUp(Values values) {
    Given given = values.one(LinkOption.CATCH_UP);
    if (given.text().equals("hold")) {
      return CatchUp.hold(
          AmountOption.count(values.one(LinkOption.CATCH_UP_EVENTS), 0),
          AmountOption.duration(values.one(LinkOption.CATCH_UP_AGE)));
    }
    values.refuse(LinkOption.CATCH_UP_EVENTS, "it needs --catch-up hold");
    values.refuse(LinkOption.CATCH_UP_AGE, "it needs --catch-up hold");
    return given.choose(
        "replay, collapse, hold",
        Map.of("replay", CatchUp.replay(), "collapse", CatchUp.collapse()));
  }

  private static @Nullable Verification verification(Values values) {
    Given every = values.optional(LinkOption.VERIFY_EVERY);
    if (every == null) {
      values.refuse(LinkOption.VERIFY_ACTION, "it needs --verify-every");
      values.refuse(LinkOption.VERIFY_RATE, "it needs --verify-every");
      return null;
    }
    Given rate = values.optional(LinkOption.VERIFY_RATE);
    Verification verification = Verification.every(AmountOption.positiveDuration(every));
    if (values
        .one(LinkOption.VERIFY_ACTION)
        .choose("report, repair", Map.of("report", false, "repair", true))) {
      verification = verification.repair();
    }
    return rate == null ? verification : verification.rate(AmountOption.count(rate, 1));
  }
}
