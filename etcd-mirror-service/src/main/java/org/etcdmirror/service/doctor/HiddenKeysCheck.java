package org.etcdmirror.service.doctor;

import java.io.IOException;
import org.etcdmirror.api.internal.HidingCluster;
import org.etcdmirror.api.internal.HidingCluster.Search;

/** Whether clients use keys that v2 hides from reads: these are not mirrored. */
record HiddenKeysCheck(Side side, HidingCluster cluster) implements Check {

  @Override
  public String name() {
    return side.name() + " hidden keys";
  }

  @Override
  public void run(Findings findings) throws IOException, InterruptedException {
    Search search = cluster.findHidden(side.prefixes());
    if (search.found().isEmpty()) {
      findings.ok(
          "none in the history from index %d to %d; v2 shows no older ones"
              .formatted(search.from(), search.to()));
    } else {
      findings.warning(
          "hidden keys are not mirrored: " + String.join(", ", search.found()),
          "give a hidden directory a link of its own, or a name without an underscore in front");
    }
  }
}
