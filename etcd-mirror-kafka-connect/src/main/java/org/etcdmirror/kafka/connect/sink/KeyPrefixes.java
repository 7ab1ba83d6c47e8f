package org.etcdmirror.kafka.connect.sink;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.OwnKeys;
import org.jspecify.annotations.Nullable;

/** Which keys of records are written to etcd, and under which names. Immutable. */
final class KeyPrefixes {

  /** Keys that begin with the prefix begin with the target in etcd. */
  private record Rule(Bytes prefix, Bytes target) {

    @Override
    public String toString() {
      return prefix.textOrHex() + "=" + target.textOrHex();
    }
  }

  private static final int HEX = 16;

  private final List<Rule> rules;

  private KeyPrefixes(List<Rule> rules) {
    this.rules = rules;
  }

  /**
   * Reads rules of the form PREFIX or PREFIX=TARGET; none for all keys as they are.
   *
   * @throws IllegalArgumentException if one is wrong, or two of them contradict each other
   */
  static KeyPrefixes of(Collection<String> texts) {
    List<Rule> rules = new ArrayList<>();
    for (String text : texts) {
      Rule rule = rule(text);
      for (Rule other : rules) {
        requireApart(rule, other);
      }
      rules.add(rule);
    }
    return new KeyPrefixes(
        rules.isEmpty() ? List.of(new Rule(Bytes.EMPTY, Bytes.EMPTY)) : List.copyOf(rules));
  }

  private static Rule rule(String text) {
    int equals = text.indexOf('=');
    Bytes prefix = decoded(equals < 0 ? text : text.substring(0, equals));
    Bytes target = equals < 0 ? prefix : decoded(text.substring(equals + 1));
    if (OwnKeys.contains(target)) {
      throw new IllegalArgumentException(
          "'%s' names keys below %s, where mirrors keep their indexes; choose another target"
              .formatted(text, OwnKeys.TREE));
    }
    return new Rule(prefix, target);
  }

  private static void requireApart(Rule one, Rule other) {
    if (one.prefix().equals(other.prefix())) {
      throw new IllegalArgumentException(
          "'%s' and '%s' have the same prefix; give it once".formatted(other, one));
    }
    if (one.target().startsWith(other.target()) || other.target().startsWith(one.target())) {
      throw new IllegalArgumentException(
          "'%s' and '%s' write below the same target; choose targets of which none begins with the other"
              .formatted(other, one));
    }
  }

  /** The key in etcd; null if it is left out. */
  @Nullable Bytes inEtcd(Bytes key) {
    Rule longest = null;
    for (Rule rule : rules) {
      if (key.startsWith(rule.prefix())
          && (longest == null || rule.prefix().size() > longest.prefix().size())) {
        longest = rule;
      }
    }
    return longest == null ? null : longest.target().plus(key.from(longest.prefix().size()));
  }

  /** The prefixes in etcd. */
  List<Bytes> targets() {
    return rules.stream().map(Rule::target).toList();
  }

  /** A text that is the same if and only if the rules are. */
  String fingerprint() {
    return rules.stream().map(Rule::toString).sorted().collect(Collectors.joining(","));
  }

  private static Bytes decoded(String text) {
    byte[] given = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < given.length; i++) {
      if (given[i] == '%') {
        out.write(digit(text, given, i + 1) * HEX + digit(text, given, i + 2));
        i += 2;
      } else {
        out.write(given[i]);
      }
    }
    return Bytes.of(out.toByteArray());
  }

  private static int digit(String text, byte[] given, int at) {
    int digit = at < given.length ? Character.digit(given[at], HEX) : -1;
    if (digit < 0) {
      throw new IllegalArgumentException(
          "'%s' has a percent sign without two hexadecimal digits; write %%25 for the sign"
              .formatted(text));
    }
    return digit;
  }
}
