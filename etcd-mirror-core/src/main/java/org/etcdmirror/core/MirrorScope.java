package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.internal.keys.TransformStep;
import org.jspecify.annotations.Nullable;

/**
 * Which keys are mirrored, and where to. Immutable.
 *
 * <p>A prefix means what the source's {@link org.etcdmirror.api.KeyModel} says: path segments for
 * etcd v2, bytes for etcd v3. A key that no rule covers, or that an exclude matches, is not
 * mirrored; its place in the sink is never touched.
 */
public final class MirrorScope {

  /**
   * One prefix and where it goes. The prefix of each key is replaced once, at its beginning.
   *
   * @param source the prefix in the source
   * @param target the prefix in the sink
   */
  public record Rule(Bytes source, Bytes target) {

    /** Refuses nulls. */
    public Rule {
      requireNonNull(source, "source");
      requireNonNull(target, "target");
    }
  }

  private final List<Rule> rules;
  private final List<Exclude> excludes;
  private final @Nullable Transform transform;

  private MirrorScope(Builder builder) {
    this.rules = List.copyOf(builder.rules);
    this.excludes = List.copyOf(builder.excludes);
    this.transform = builder.transform;
  }

  /** These prefixes, under the same names in the sink. */
  public static MirrorScope of(String... prefixes) {
    Builder builder = builder();
    for (String prefix : prefixes) {
      builder.prefix(prefix);
    }
    return builder.build();
  }

  /** A builder without rules. */
  public static Builder builder() {
    return new Builder();
  }

  /** The rules, in the order they were given. */
  public List<Rule> rules() {
    return rules;
  }

  /** What is left out. */
  public List<Exclude> excludes() {
    return excludes;
  }

  /**
   * The scope of the way back: each rule the other way round.
   *
   * @throws IllegalArgumentException if there is none: with a transform, or with excludes and a
   *     prefix that is renamed
   */
  public MirrorScope inverse() {
    boolean renames = rules.stream().anyMatch(rule -> !rule.source().equals(rule.target()));
    if (transform != null || (renames && !excludes.isEmpty())) {
      throw new IllegalArgumentException(
          "the scope '%s' has no inverse, because of its %s; build the scope of the way back yourself"
              .formatted(this, transform != null ? "transform" : "excludes and renames"));
    }
    Builder inverse = builder();
    rules.forEach(rule -> inverse.rule(new Rule(rule.target(), rule.source())));
    inverse.excludes.addAll(excludes);
    return inverse.build();
  }

  /**
   * The name of a link that was given none. The whole keyspace is {@code /}, which is no other
   * prefix without its slashes.
   */
  String defaultLink() {
    if (rules.size() != 1) {
      throw new IllegalArgumentException(
          "link has no name, because the scope has %d prefixes: %s; call link(...)"
              .formatted(rules.size(), this));
    }
    String name = rules.get(0).target().textOrHex().replaceAll("^/+|/+$", "");
    return name.isEmpty() ? "/" : name;
  }

  /** What changes keys and values on their way; null for nothing. */
  public @Nullable Transform transform() {
    return transform;
  }

  /** A short text that changes whenever the scope or {@code expiry} does. */
  public String fingerprint(ExpiryPolicy expiry) {
    StringBuilder text = new StringBuilder(expiry.name());
    for (Rule rule : rules) {
      text.append('\n').append(hex(rule.source())).append('=').append(hex(rule.target()));
    }
    excludes.forEach(exclude -> append(exclude, text));
    if (transform != null) {
      String identity = TransformStep.identity(transform);
      text.append("\n~").append(identity.length()).append('~').append(identity);
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void append(Exclude exclude, StringBuilder text) {
    Pattern pattern = exclude.pattern();
    if (pattern != null) {
      String regex = pattern.pattern();
      text.append("\n!").append(pattern.flags()).append('!').append(regex.length());
      text.append('!').append(regex);
    } else if (exclude.prefix() != null) {
      text.append("\n^").append(hex(exclude.prefix()));
    }
  }

  private static String hex(Bytes bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    for (Rule rule : rules) {
      parts.add(
          rule.source().equals(rule.target())
              ? shown(rule.source())
              : shown(rule.source()) + "=" + shown(rule.target()));
    }
    return String.join(",", parts);
  }

  private static String shown(Bytes prefix) {
    return prefix.isEmpty() ? "(everything)" : prefix.toString();
  }

  /** Collects rules and excludes. Not safe for use by several threads. */
  public static final class Builder {

    private final List<Rule> rules = new ArrayList<>();
    private final List<Exclude> excludes = new ArrayList<>();
    private @Nullable Transform transform;

    private Builder() {}

    /** Mirrors a prefix under its own name. */
    public Builder prefix(String prefix) {
      return rename(prefix, prefix);
    }

    /** Mirrors a prefix under another name. */
    public Builder rename(String source, String target) {
      return rule(new Rule(Bytes.utf8(source), Bytes.utf8(target)));
    }

    /** Adds a rule. */
    public Builder rule(Rule rule) {
      rules.add(requireNonNull(rule, "rule"));
      return this;
    }

    /**
     * Leaves out each key that the pattern matches as a whole, by its name in the source. So {@code
     * /app/secret} does not match {@code /app/secret/key}; that is what {@link #excludePrefix} is
     * for. {@link MirrorStatus#excluded()} tells what each exclude has left out.
     */
    public Builder exclude(Pattern sourceKey) {
      excludes.add(Exclude.of(requireNonNull(sourceKey, "sourceKey")));
      return this;
    }

    /**
     * Leaves out everything under a prefix, by its name in the source. It means what the prefix of
     * a rule means: where either side names its keys by paths a path and all below it, else all
     * keys that begin with it.
     *
     * @throws IllegalArgumentException if it is empty; that it is a path where that is needed is
     *     checked when a mirror is built
     */
    public Builder excludePrefix(String sourcePrefix) {
      return excludePrefix(Bytes.utf8(sourcePrefix));
    }

    /**
     * The same for a prefix that is no text.
     *
     * @throws IllegalArgumentException if it is empty
     */
    public Builder excludePrefix(Bytes sourcePrefix) {
      if (sourcePrefix.isEmpty()) {
        throw new IllegalArgumentException("exclude prefix is empty; name a prefix of the source");
      }
      excludes.add(Exclude.under(sourcePrefix));
      return this;
    }

    /** Changes keys and values on their way. Nothing by default. */
    public Builder transform(Transform transform) {
      this.transform = requireNonNull(transform, "transform");
      return this;
    }

    /**
     * The scope.
     *
     * @throws IllegalArgumentException if it has no rule; rules are checked against the source and
     *     the sink when a mirror is built
     */
    public MirrorScope build() {
      if (rules.isEmpty()) {
        throw new IllegalArgumentException("scope has no prefix; call prefix(...) or rename(...)");
      }
      return new MirrorScope(this);
    }
  }
}
