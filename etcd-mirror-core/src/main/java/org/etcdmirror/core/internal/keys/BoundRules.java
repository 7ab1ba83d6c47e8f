package org.etcdmirror.core.internal.keys;

import static org.etcdmirror.api.KeyModel.PATHS;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.MirrorScope.Rule;

/**
 * The rules of a scope, bound to how both sides name their keys: which covers a key, and what it
 * becomes on the other side. If either side names its keys by paths, prefixes are paths on both.
 */
final class BoundRules {

  private static final Bytes ROOT = Bytes.utf8("/");

  private final List<Rule> rules;

  /** What a prefix covers, on both sides. */
  private final KeyModel model;

  private final KeyModel eventModel;

  /**
   * Binds rules.
   *
   * @param eventModel how the keys are named that are given to {@link #toTarget}
   * @throws IllegalArgumentException if a prefix is not one in the source's or the sink's model, or
   *     if two rules overlap on either side, as its keys are named
   */
  BoundRules(List<Rule> rules, KeyModel sourceModel, KeyModel sinkModel, KeyModel eventModel) {
    this.model = sourceModel == PATHS || sinkModel == PATHS ? PATHS : KeyModel.BYTES;
    this.eventModel = eventModel;
    this.rules =
        model == PATHS
            ? rules.stream()
                .map(rule -> new Rule(path(rule.source()), path(rule.target())))
                .toList()
            : List.copyOf(rules);
    for (int i = 0; i < rules.size(); i++) {
      for (int j = i + 1; j < rules.size(); j++) {
        refuseOverlap(sourceModel, this.rules.get(i).source(), this.rules.get(j).source());
        refuseOverlap(sinkModel, this.rules.get(i).target(), this.rules.get(j).target());
      }
    }
  }

  /**
   * Compares prefixes as the side understands them. Its snapshot would return the keys of
   * overlapping ones twice.
   */
  private static void refuseOverlap(KeyModel side, Bytes one, Bytes other) {
    if (side.covers(one, other) || side.covers(other, one)) {
      throw new IllegalArgumentException("prefixes '" + one + "' and '" + other + "' overlap");
    }
  }

  /**
   * The path without a trailing slash.
   *
   * @throws IllegalArgumentException if it is no path
   */
  static Bytes path(Bytes prefix) {
    String text = prefix.utf8();
    while (text.length() > 1 && text.endsWith("/")) {
      text = text.substring(0, text.length() - 1);
    }
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("prefix does not begin with a slash: '" + prefix + "'");
    }
    if (!text.equals("/")) {
      for (String segment : text.substring(1).split("/", -1)) {
        if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
          throw new IllegalArgumentException(
              "prefix has an empty, '.' or '..' segment: '" + prefix + "'");
        }
      }
    }
    return Bytes.utf8(text);
  }

  /** What a prefix covers, on both sides. */
  KeyModel model() {
    return model;
  }

  /** The rules, with prefixes as they are understood. */
  List<Rule> all() {
    return rules;
  }

  List<Bytes> sources() {
    return rules.stream().map(Rule::source).toList();
  }

  List<Bytes> targets() {
    return rules.stream().map(Rule::target).toList();
  }

  /** The place of the rule that covers a key of the source, or -1. */
  int ofSource(Bytes key) {
    for (int i = 0; i < rules.size(); i++) {
      if (model.covers(rules.get(i).source(), key)) {
        return i;
      }
    }
    return -1;
  }

  /** The place of the rule that covers a key of the sink, or -1. */
  int ofTarget(Bytes key) {
    for (int i = 0; i < rules.size(); i++) {
      if (model.covers(rules.get(i).target(), key)) {
        return i;
      }
    }
    return -1;
  }

  /** The rules of which the whole prefix is below a path of the source. */
  List<Rule> below(Bytes path) {
    return rules.stream().filter(rule -> model.covers(path, rule.source())).toList();
  }

  /** The sink's key for a key as the source names it, which a rule covers. */
  Bytes toTarget(Bytes key) {
    Rule rule = rules.get(ofSource(key));
    return swap(rule.source(), rule.target(), key);
  }

  /** The key as the source names it for a sink's key, which a rule covers. */
  Bytes toSource(Bytes key) {
    Rule rule = rules.get(ofTarget(key));
    return swap(rule.target(), rule.source(), key);
  }

  private Bytes swap(Bytes from, Bytes to, Bytes key) {
    if (from.equals(to)) {
      return key;
    }
    if (model != PATHS) {
      return to.plus(key.from(from.size()));
    }
    Bytes rest = from.equals(ROOT) ? key : key.from(from.size());
    // Without structure a key with a slash behind it is another key.
    if (rest.equals(ROOT) && eventModel == PATHS) {
      rest = Bytes.EMPTY;
    }
    Bytes swapped = to.equals(ROOT) ? rest : to.plus(rest);
    return swapped.isEmpty() ? ROOT : swapped;
  }
}
