package org.etcdmirror.service.doctor;

import java.io.IOException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.ResyncPlan;

/**
 * Whether the sink can hold every key: v2 holds no key that it would hide, and no bytes.
 *
 * @param mirror plans the copy; not started
 */
record KeysCheck(EtcdMirror mirror) implements Check {

  @Override
  public String name() {
    return "keys";
  }

  @Override
  public void run(Findings findings) throws IOException, InterruptedException {
    ResyncPlan plan = mirror.plan();
    if (plan.unsupported() == 0) {
      findings.ok("the sink can hold each of %d entries".formatted(plan.sourceEntries()));
    } else {
      findings.problem(
          "the sink cannot hold %d of %d entries, such as hidden keys or bytes in v2"
              .formatted(plan.unsupported(), plan.sourceEntries()),
          "exclude them, or leave them out with --unsupported-entries skip, which names them");
    }
  }
}
