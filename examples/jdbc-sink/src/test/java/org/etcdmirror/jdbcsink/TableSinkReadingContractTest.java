package org.etcdmirror.jdbcsink;

import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.ReadableSinkContract;

@PostgresTest
class TableSinkReadingContractTest extends ReadableSinkContract {

  private final DataSource database;

  TableSinkReadingContractTest(PostgresServer server) throws Exception {
    this.database = server.freshDatabase();
  }

  @Override
  protected ReadableSink createSink(List<Bytes> prefixes) {
    return new TableSink(database, Duration.ofSeconds(10));
  }
}
