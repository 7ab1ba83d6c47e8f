package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.internal.MissingRight;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.LoopException;

/**
 * Whether another link brings back what this one writes.
 *
 * @param mirror foresees the loop; not started
 */
record LoopCheck(Side source, EtcdMirror mirror) implements Check {

  @Override
  public String name() {
    return "loop";
  }

  @Override
  public void run(Findings findings) throws IOException, InterruptedException {
    Optional<LoopException> loop = mirror.foreseeLoop();
    if (loop.isPresent()) {
      findings.problem(String.valueOf(loop.get().getMessage()), "");
      return;
    }
    List<MissingRight> missing = source.inspector().missingToSeeLinks();
    if (missing.isEmpty()) {
      findings.ok("no link leads back into the source");
    } else {
      findings.warning(
          "not checked for links that lead back: " + missing.get(0).right(),
          "to check it, run: " + missing.get(0).remedy());
    }
  }
}
