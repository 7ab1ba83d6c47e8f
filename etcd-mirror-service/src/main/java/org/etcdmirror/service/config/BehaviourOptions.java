package org.etcdmirror.service.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that say how the mirror is to behave. */
final class BehaviourOptions {

  @Option(
      names = "--recovery",
      paramLabel = "POLICY",
      description =
          "When history is lost: resync (default), resync:N (more than N events: fail), fail or "
              + "skip-gap.")
  private @Nullable String recovery;

  @Option(
      names = "--max-deletes",
      paramLabel = "N|P%",
      description =
          "How much a resync may delete: a number of keys, or a share of the sink such as 25%%. "
              + "By default it stops at more than 100 keys that are more than 10%%, "
              + "at an empty source, and in a first copy at any.")
  private @Nullable String maxDeletes;

  @Option(
      names = "--require-empty",
      description =
          "A first copy fails where the sink holds anything in the prefixes, and asks no one.")
  private boolean requireEmpty;

  @Option(
      names = "--former-prefix",
      paramLabel = "PREFIX",
      description =
          "A prefix in the sink that this link wrote to before its prefixes were changed: what is "
              + "left there is deleted without a question, within --max-deletes. May be repeated.")
  private @Nullable List<String> formerPrefixes;

  @Option(
      names = "--ttl",
      paramLabel = "POLICY",
      description =
          "Keys with a time to live: follow (default: the copy goes when the source's goes) or "
              + "copy (the copy has one as well).")
  private @Nullable String ttl;

  @Option(
      names = "--unsupported-entries",
      paramLabel = "POLICY",
      description =
          "What the sink can never hold, such as bytes in v2: fail (default; nothing is written) "
              + "or skip (it is left out, named and counted).")
  private @Nullable String unsupportedEntries;

  @Option(
      names = "--catch-up",
      paramLabel = "MODE",
      description =
          "What becomes of the events that gathered while the mirror was away: replay (default), "
              + "collapse (only what came of them is written) or hold (a large or old backlog "
              + "waits for POST /approve).")
  private @Nullable String catchUp;

  @Option(
      names = "--hold-events",
      paramLabel = "N",
      description =
          "With --catch-up hold: a backlog of more events of the whole source waits; on v3 of more "
              + "revisions. 1000 by default.")
  private @Nullable String holdEvents;

  @Option(
      names = "--hold-age",
      paramLabel = "DURATION",
      description = "With --catch-up hold: an older backlog waits. 10m by default.")
  private @Nullable String holdAge;

  @Option(
      names = "--verify-every",
      paramLabel = "DURATION",
      description = "Compares both sides now and then while it runs. Never by default.")
  private @Nullable String verifyEvery;

  @Option(
      names = "--verify-action",
      paramLabel = "ACTION",
      description = "What to do about differences: report (default) or repair.")
  private @Nullable String verifyAction;

  @Option(
      names = "--verify-rate",
      paramLabel = "N",
      description = "How many entries a second such a comparison reads at most. 20000 by default.")
  private @Nullable String verifyRate;

  void putInto(Map<String, List<Given>> values) {
    MirrorOptions.put(values, "recovery", recovery);
    MirrorOptions.put(values, "max-deletes", maxDeletes);
    MirrorOptions.put(values, "require-empty", requireEmpty ? "true" : null);
    MirrorOptions.putAll(values, "former-prefix", formerPrefixes);
    MirrorOptions.put(values, "ttl", ttl);
    MirrorOptions.put(values, "unsupported-entries", unsupportedEntries);
    MirrorOptions.put(values, "catch-up", catchUp);
    MirrorOptions.put(values, "hold-events", holdEvents);
    MirrorOptions.put(values, "hold-age", holdAge);
    MirrorOptions.put(values, "verify-every", verifyEvery);
    MirrorOptions.put(values, "verify-action", verifyAction);
    MirrorOptions.put(values, "verify-rate", verifyRate);
  }
}
