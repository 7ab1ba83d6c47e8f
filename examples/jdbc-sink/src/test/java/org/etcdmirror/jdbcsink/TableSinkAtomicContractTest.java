package org.etcdmirror.jdbcsink;

import java.time.Duration;
import javax.sql.DataSource;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.testkit.AtomicSinkContract;

@PostgresTest
class TableSinkAtomicContractTest extends AtomicSinkContract {

  private final DataSource database;

  TableSinkAtomicContractTest(PostgresServer server) throws Exception {
    this.database = server.freshDatabase();
  }

  @Override
  protected AtomicSink openSink() {
    return new TableSink(database, Duration.ofSeconds(10));
  }
}
