package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.MissingRight;

/**
 * Whether the user has each right that the link needs.
 *
 * @param needs asks for the rights that are missing
 */
record RightsCheck(Side side, Needs needs) implements Check {

  /** Asks a cluster for the rights that are missing. */
  @FunctionalInterface
  interface Needs {
    List<MissingRight> missing() throws IOException, InterruptedException;
  }

  @Override
  public String name() {
    return side.name() + " rights";
  }

  @Override
  public void run(Findings findings) throws IOException, InterruptedException {
    List<MissingRight> missing;
    try {
      missing = needs.missing();
    } catch (PermanentException e) {
      String remedy = side.access().user() == null ? "" : "correct the user or the password";
      findings.problem(String.valueOf(e.getMessage()), remedy);
      return;
    }
    for (MissingRight right : missing) {
      findings.problem(right.right(), "run: " + right.remedy());
    }
    if (missing.isEmpty()) {
      findings.ok(who() + " has every right that the link needs");
    }
  }

  private String who() {
    return side.access().user() == null
        ? "access without a password"
        : "user '%s'".formatted(side.access().user());
  }
}
