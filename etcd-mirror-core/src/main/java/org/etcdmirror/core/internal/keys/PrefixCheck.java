package org.etcdmirror.core.internal.keys;

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.MirrorScope.Rule;
import org.etcdmirror.core.internal.log.LogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of prefixes that are probably mistyped: nothing is under one in the source, or a slash ends
 * one side of a rename only. Safe for use by many threads.
 */
final class PrefixCheck {

  private static final Logger log = LoggerFactory.getLogger(PrefixCheck.class);

  private static final Bytes SLASH = Bytes.utf8("/");

  private final List<Rule> rules;

  /** 1 for each rule under which the source has an entry, or that was warned of. */
  private final AtomicIntegerArray known;

  PrefixCheck(List<Rule> rules) {
    this.rules = rules;
    this.known = new AtomicIntegerArray(rules.size());
  }

  /** Takes note of an entry of the source. The directory of a prefix itself is not below it. */
  void found(int rule, Entry entry) {
    if (rule >= 0
        && known.get(rule) == 0
        && (entry instanceof Put || !entry.key().equals(rules.get(rule).source()))) {
      known.set(rule, 1);
    }
  }

  /** Warns once of each prefix without an entry. Called when the whole source was read. */
  void warnOfEmpty(String link) {
    for (int i = 0; i < rules.size(); i++) {
      if (known.compareAndSet(i, 0, 1)) {
        log.warn(
            LogEvent.PREFIX_EMPTY.marker(),
            "[link={}] nothing is under '{}' in the source; check the prefix",
            link,
            DisplayText.of(rules.get(i).source()));
      }
    }
  }

  /** Warns of each rename that has a slash at the end of one side only. */
  void warnOfSlashes(String link) {
    for (Rule rule : rules) {
      String example = example(rule);
      if (example != null) {
        log.warn(
            LogEvent.PREFIX_SUSPICIOUS.marker(),
            "[link={}] {}; end both prefixes with a slash, or neither",
            link,
            example);
      }
    }
  }

  private static @Nullable String example(Rule rule) {
    String from = rule.source().toString();
    String to = rule.target().toString();
    boolean fromSlash = from.endsWith("/");
    if (from.isEmpty() || to.isEmpty() || fromSlash == to.endsWith("/")) {
      return null;
    }
    Bytes key = rule.source().plus(fromSlash ? Bytes.utf8("x") : SLASH.plus(Bytes.utf8("x")));
    return "rename '%s' to '%s' has a slash on one side only: key '%s' becomes '%s'"
        .formatted(
            DisplayText.of(from),
            DisplayText.of(to),
            DisplayText.of(key),
            DisplayText.of(rule.target().plus(key.from(rule.source().size()))));
  }
}
