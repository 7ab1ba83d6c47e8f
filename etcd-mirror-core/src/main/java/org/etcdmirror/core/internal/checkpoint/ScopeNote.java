package org.etcdmirror.core.internal.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.Exclude;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.Transform;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.keys.TransformStep;
import org.jspecify.annotations.Nullable;

/**
 * A scope as the text of a checkpoint's note, complete enough to tell later what it owned in the
 * sink:
 *
 * <pre>
 * keys PATHS BYTES
 * from /conf
 * to /copy
 * exclude 0 /conf/secret/.*
 * exclude-prefix /conf/locks
 * transform upper case, 2
 * </pre>
 *
 * <p>The models are the source's and the sink's; the number is of the pattern's flags.
 */
public final class ScopeNote {

  private static final String KEYS = "keys ";
  private static final String FROM = "from ";
  private static final String TO = "to ";
  private static final String EXCLUDE = "exclude ";
  private static final String EXCLUDE_PREFIX = "exclude-prefix ";
  private static final String TRANSFORM = "transform ";

  /**
   * The limit for all scopes of a note, in characters. A note may be forged, and each line costs
   * work.
   */
  static final int LONGEST = 256 * 1024;

  /** The limit for all scopes of a note, and for one of them. */
  static final int MOST_LINES = 2_000;

  /** Scopes that no resync came to the end of in between. */
  public static final int MOST_SCOPES = 100;

  private ScopeNote() {}

  public static String format(KeyMapper mapper) {
    StringBuilder text = new StringBuilder(KEYS);
    text.append(mapper.sourceModel()).append(' ').append(mapper.sinkModel());
    for (MirrorScope.Rule rule : mapper.rules()) {
      text.append('\n').append(FROM).append(NoteText.of(rule.source()));
      text.append('\n').append(TO).append(NoteText.of(rule.target()));
    }
    for (Exclude exclude : mapper.excludes().all()) {
      Pattern pattern = exclude.pattern();
      if (pattern != null) {
        text.append('\n').append(EXCLUDE).append(pattern.flags());
        text.append(' ').append(NoteText.of(pattern.pattern()));
      } else if (exclude.prefix() != null) {
        text.append('\n').append(EXCLUDE_PREFIX).append(NoteText.of(exclude.prefix()));
      }
    }
    Transform transform = mapper.scope().transform();
    if (transform != null) {
      text.append('\n').append(TRANSFORM).append(NoteText.of(TransformStep.identity(transform)));
    }
    return text.toString();
  }

  /** The scopes of a note, each as its own text. */
  static List<String> split(String note) {
    return Arrays.asList(note.split("\n(?=" + KEYS + ")"));
  }

  static String join(List<String> scopes) {
    return String.join("\n", scopes);
  }

  /**
   * Parses a former scope to a mapper that answers which keys the scope owned. It maps no events,
   * because only the name of a transform is known.
   *
   * @throws IllegalArgumentException if the text is no scope
   */
  public static KeyMapper parse(String text) {
    String[] lines = text.split("\n", -1);
    String[] models = rest(lines[0], KEYS).split(" ", -1);
    if (models.length != 2) {
      throw new IllegalArgumentException(
          "expected two key models: '" + DisplayText.of(lines[0]) + "'");
    }
    MirrorScope.Builder scope = MirrorScope.builder();
    Bytes from = null;
    for (String line : Arrays.asList(lines).subList(1, lines.length)) {
      if (from != null) {
        scope.rule(new MirrorScope.Rule(from, NoteText.parse(rest(line, TO))));
        from = null;
      } else if (line.startsWith(FROM)) {
        from = NoteText.parse(rest(line, FROM));
      } else if (line.startsWith(EXCLUDE_PREFIX)) {
        scope.excludePrefix(NoteText.parse(rest(line, EXCLUDE_PREFIX)));
      } else if (line.startsWith(EXCLUDE)) {
        scope.exclude(pattern(rest(line, EXCLUDE)));
      } else {
        NoteText.parse(rest(line, TRANSFORM));
      }
    }
    if (from != null) {
      throw new IllegalArgumentException(
          "target prefix is missing for source prefix '" + from + "'");
    }
    return new KeyMapper(
        scope.build(),
        KeyModel.valueOf(models[0]),
        KeyModel.valueOf(models[1]),
        ExpiryPolicy.FOLLOW_SOURCE);
  }

  private static String rest(String line, String name) {
    if (!line.startsWith(name)) {
      throw new IllegalArgumentException("expected '" + name + "': '" + DisplayText.of(line) + "'");
    }
    return line.substring(name.length());
  }

  private static Pattern pattern(String text) {
    int space = text.indexOf(' ');
    if (space < 0) {
      throw new IllegalArgumentException(
          "expected flags and a pattern: '" + DisplayText.of(text) + "'");
    }
    String pattern = NoteText.parse(text.substring(space + 1)).utf8();
    try {
      return Pattern.compile(pattern, Integer.parseInt(text.substring(0, space)));
    } catch (StackOverflowError e) {
      // The compiler calls itself for each pair of parentheses.
      throw new IllegalArgumentException(
          "pattern is nested too deeply: '" + DisplayText.of(pattern) + "'", e);
    }
  }

  /**
   * The owners of what the scopes of a note owned, without {@code own}.
   *
   * @throws IllegalArgumentException if the text is no such note, or a larger one than any mirror
   *     needs
   */
  public static List<KeyMapper> parseOthers(String note, @Nullable String own) {
    if (note.length() > LONGEST || note.lines().limit(MOST_LINES + 1L).count() > MOST_LINES) {
      throw new IllegalArgumentException(
          "note '%s' is too long: %d characters, limit %d in %d lines"
              .formatted(FormerScopes.NOTE, note.length(), LONGEST, MOST_LINES));
    }
    return parseOthers(split(note), own);
  }

  /**
   * The owners of what these scopes owned, without {@code own}.
   *
   * @throws IllegalArgumentException if one is none, or there are too many
   */
  public static List<KeyMapper> parseOthers(List<String> scopes, @Nullable String own) {
    if (scopes.size() > MOST_SCOPES) {
      throw new IllegalArgumentException(
          "too many former scopes: %d, limit %d".formatted(scopes.size(), MOST_SCOPES));
    }
    List<KeyMapper> others = new ArrayList<>();
    for (String scope : scopes) {
      if (!scope.equals(own)) {
        others.add(parse(scope));
      }
    }
    return others;
  }
}
