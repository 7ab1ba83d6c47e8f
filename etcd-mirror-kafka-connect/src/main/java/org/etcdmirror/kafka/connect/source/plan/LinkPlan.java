package org.etcdmirror.kafka.connect.source.plan;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.MirrorScope;

/**
 * A link of a connector: a group of prefixes, with a checkpoint of its own.
 *
 * @param link its name, which is the partition of its offset
 * @param prefixes PREFIX or PREFIX=TARGET, each
 * @param excludes prefixes that are left out
 * @param topic where its changes go
 */
public record LinkPlan(String link, List<String> prefixes, List<String> excludes, String topic) {

  /** Copies the lists. */
  public LinkPlan {
    requireNonNull(link, "link");
    requireNonNull(topic, "topic");
    prefixes = List.copyOf(prefixes);
    excludes = List.copyOf(excludes);
  }

  /**
   * The scope of its mirror.
   *
   * @throws IllegalArgumentException if there is no prefix, or one is none
   */
  public MirrorScope scope() {
    MirrorScope.Builder scope = MirrorScope.builder();
    for (String prefix : prefixes) {
      String[] sides = prefix.split("=", -1);
      if (sides.length > 2) {
        throw new IllegalArgumentException("'" + prefix + "' has more than one '='");
      }
      scope.rename(sides[0], sides[sides.length - 1]);
    }
    excludes.forEach(scope::excludePrefix);
    return scope.build();
  }

  /** The prefixes in the source. */
  public List<Bytes> sourcePrefixes() {
    return scope().rules().stream().map(MirrorScope.Rule::source).toList();
  }
}
