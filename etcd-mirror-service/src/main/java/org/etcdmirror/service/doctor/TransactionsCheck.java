package org.etcdmirror.service.doctor;

import java.io.IOException;
import org.etcdmirror.api.internal.LimitedTransactions;

/** Whether the servers accept transactions as large as the mirror makes them. */
record TransactionsCheck(Side side, LimitedTransactions servers) implements Check {

  /** The mirror's most operations, and etcd's default. */
  private static final int OPERATIONS = 128;

  @Override
  public String name() {
    return side.name() + " transactions";
  }

  @Override
  public void run(Findings findings) throws IOException, InterruptedException {
    if (servers.acceptOperations(OPERATIONS, side.prefixes().get(0))) {
      findings.ok("transactions may have %d operations".formatted(OPERATIONS));
    } else {
      findings.warning(
          "transactions may have less than %d operations, so a large change is split"
              .formatted(OPERATIONS),
          "start etcd with --max-txn-ops=%d".formatted(OPERATIONS));
    }
  }
}
