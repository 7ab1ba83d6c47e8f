package org.etcdmirror.service;

import java.util.List;
import org.etcdmirror.core.CatchUp;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.Verification;
import org.jspecify.annotations.Nullable;

/**
 * How the mirror is to behave.
 *
 * @param recovery what to do about gaps
 * @param deleteLimit how much a resync may delete; null where nobody said
 * @param requiresEmpty whether a first copy needs an empty sink
 * @param formerPrefixes under which what former scopes left may be deleted unasked
 * @param expiry what becomes of times to live
 * @param unsupported what becomes of entries that the sink cannot hold
 * @param catchUp what becomes of a backlog
 * @param verification when to compare both sides; null for never
 */
record Policies(
    RecoveryPolicy recovery,
    @Nullable DeleteLimit deleteLimit,
    boolean requiresEmpty,
    List<Given> formerPrefixes,
    ExpiryPolicy expiry,
    UnsupportedEntries unsupported,
    CatchUp catchUp,
    @Nullable Verification verification) {

  private static final String RESYNC_UP_TO = "resync:";

  /**
   * Understands the values of these options.
   *
   * @throws UsageException if one is wrong
   */
  static Policies of(Values values) {
    return new Policies(
        recovery(values.orElse("recovery", "resync")),
        deleteLimit(values.optional("max-deletes")),
        values.optional("require-empty") != null,
        values.all("former-prefix").stream().map(Policies::formerPrefix).toList(),
        expiry(values.orElse("ttl", "follow")),
        unsupported(values.orElse("unsupported-entries", "fail")),
        catchUp(values),
        verification(values));
  }

  private static RecoveryPolicy recovery(Given given) {
    if (given.text().startsWith(RESYNC_UP_TO)) {
      String events = given.text().substring(RESYNC_UP_TO.length());
      return RecoveryPolicy.resync()
          .upTo(AmountOption.count(given, events, 0), RecoveryPolicy.fail());
    }
    return switch (given.text()) {
      case "resync" -> RecoveryPolicy.resync();
      case "fail" -> RecoveryPolicy.fail();
      case "skip-gap" -> RecoveryPolicy.skipGap();
      default ->
          throw given.wrong("'" + given.text() + "' is none of resync, resync:N, fail, skip-gap");
    };
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

  private static Given formerPrefix(Given given) {
    if (given.text().isEmpty()) {
      throw given.wrong("a former prefix must not be empty");
    }
    return given;
  }

  private static ExpiryPolicy expiry(Given given) {
    return switch (given.text()) {
      case "follow" -> ExpiryPolicy.FOLLOW_SOURCE;
      case "copy" -> ExpiryPolicy.COPY;
      default -> throw given.wrong("'" + given.text() + "' is neither follow nor copy");
    };
  }

  private static UnsupportedEntries unsupported(Given given) {
    return switch (given.text()) {
      case "fail" -> UnsupportedEntries.FAIL;
      case "skip" -> UnsupportedEntries.SKIP;
      default -> throw given.wrong("'" + given.text() + "' is neither fail nor skip");
    };
  }

  private static CatchUp catchUp(Values values) {
    Given given = values.orElse("catch-up", "replay");
    if (!given.text().equals("hold")) {
      values.refuse("hold-events", "it needs --catch-up hold");
      values.refuse("hold-age", "it needs --catch-up hold");
    }
    return switch (given.text()) {
      case "replay" -> CatchUp.replay();
      case "collapse" -> CatchUp.collapse();
      case "hold" ->
          CatchUp.hold(
              AmountOption.count(values.orElse("hold-events", "1000"), 0),
              AmountOption.duration(values.orElse("hold-age", "10m")));
      default -> throw given.wrong("'" + given.text() + "' is none of replay, collapse, hold");
    };
  }

  private static @Nullable Verification verification(Values values) {
    Given every = values.optional("verify-every");
    if (every == null) {
      values.refuse("verify-action", "it needs --verify-every");
      values.refuse("verify-rate", "it needs --verify-every");
      return null;
    }
    Given rate = values.optional("verify-rate");
    Verification verification = Verification.every(AmountOption.positiveDuration(every));
    if (repairs(values.orElse("verify-action", "report"))) {
      verification = verification.repair();
    }
    return rate == null ? verification : verification.rate(AmountOption.count(rate, 1));
  }

  private static boolean repairs(Given given) {
    return switch (given.text()) {
      case "report" -> false;
      case "repair" -> true;
      default -> throw given.wrong("'" + given.text() + "' is neither report nor repair");
    };
  }
}
