package org.etcdmirror.simulation.life;

import java.util.List;

/**
 * When a scope has lost a prefix, the sink holds nothing below it in the end. Excused is what a
 * first copy left that was not finished, and what came back with a backup of the sink.
 */
final class FormerPrefixCheck {

  private final Side sink;
  private final LinkDesign design;
  private boolean excused;

  FormerPrefixCheck(Side sink, LinkDesign design) {
    this.sink = sink;
    this.design = design;
  }

  /**
   * The next mirror has another scope.
   *
   * @param copied whether a copy by the former one was finished
   */
  void scopeChanges(boolean copied) {
    excused |= !copied;
  }

  void sinkReplaced() {
    excused = true;
  }

  boolean holds() {
    List<String> former =
        design.owned().stream().filter(prefix -> !design.scope().contains(prefix)).toList();
    return excused || sink.values(former).isEmpty();
  }
}
