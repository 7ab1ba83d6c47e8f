package org.etcdmirror.spring;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.Transform;
import org.jspecify.annotations.Nullable;

/** Reads the scope of a link. */
final class LinkScope {

  private final String link;
  private final LinkProperties properties;

  LinkScope(String link, LinkProperties properties) {
    this.link = link;
    this.properties = properties;
  }

  /**
   * Returns the scope.
   *
   * @throws LinkPropertyException if a prefix or an exclude is wrong, or no prefix is given
   */
  MirrorScope get(@Nullable Transform transform) {
    if (properties.prefix().isEmpty()) {
      throw new LinkPropertyException(
          EtcdMirrorProperties.nameOf(link, "prefix"),
          "is missing",
          "set the prefix to mirror, such as /app/");
    }
    MirrorScope.Builder scope = MirrorScope.builder();
    properties.prefix().forEach(prefix -> addRule(scope, prefix));
    properties.exclude().forEach(exclude -> scope.exclude(pattern(exclude)));
    properties.excludePrefix().forEach(prefix -> addExclude(scope, prefix));
    if (transform != null) {
      scope.transform(transform);
    }
    return scope.build();
  }

  private void addRule(MirrorScope.Builder scope, String prefix) {
    String[] sides = prefix.split("=", -1);
    if (sides.length > 2) {
      throw new LinkPropertyException(
          EtcdMirrorProperties.nameOf(link, "prefix"),
          "is '%s', which has more than one '='".formatted(prefix),
          "write PREFIX or PREFIX=TARGET");
    }
    scope.rename(sides[0], sides[sides.length - 1]);
  }

  private void addExclude(MirrorScope.Builder scope, String prefix) {
    try {
      scope.excludePrefix(prefix);
    } catch (IllegalArgumentException e) {
      throw LinkPropertyException.wrong(
          EtcdMirrorProperties.nameOf(link, "exclude-prefix"), prefix, e);
    }
  }

  private Pattern pattern(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new LinkPropertyException(
          EtcdMirrorProperties.nameOf(link, "exclude"),
          "is '%s', which is not a regular expression: %s".formatted(text, e.getDescription()),
          "correct it; in a properties file, an expression with a comma needs an index, exclude[0]",
          e);
    }
  }
}
