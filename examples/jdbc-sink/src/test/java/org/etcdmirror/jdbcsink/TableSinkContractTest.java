package org.etcdmirror.jdbcsink;

import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.testkit.EventSinkContract;

@PostgresTest
class TableSinkContractTest extends EventSinkContract {

  private final DataSource database;

  TableSinkContractTest(PostgresServer server) throws Exception {
    this.database = server.freshDatabase();
  }

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return new TableSink(database, Duration.ofSeconds(10));
  }
}
