package org.etcdmirror.service.report;

import java.util.List;
import org.etcdmirror.core.MirrorState;
import org.jspecify.annotations.Nullable;

/**
 * The links of a process in a few numbers.
 *
 * @param links how many there are
 * @param ready how many are level
 * @param failed how many have failed
 * @param notReady those that are not level
 * @param reloadError why the configuration that was read last was refused; null if it was not
 */
public record ProcessReport(
    int links, int ready, int failed, List<NotReady> notReady, @Nullable String reloadError) {

  /**
   * A link that is not level.
   *
   * @param name its name
   * @param state what it is doing
   * @param lastError its last failure; null if none
   */
  public record NotReady(String name, MirrorState state, @Nullable String lastError) {}

  /** Copies the list. */
  public ProcessReport {
    notReady = List.copyOf(notReady);
  }

  public static ProcessReport of(LinksReport all) {
    List<NotReady> notReady =
        all.links().stream()
            .filter(link -> !link.ready())
            .map(link -> new NotReady(link.name(), link.state(), link.status().lastError()))
            .toList();
    long failed = all.links().stream().filter(one -> one.state() == MirrorState.FAILED).count();
    int links = all.links().size();
    return new ProcessReport(
        links, links - notReady.size(), (int) failed, notReady, all.reloadError());
  }
}
