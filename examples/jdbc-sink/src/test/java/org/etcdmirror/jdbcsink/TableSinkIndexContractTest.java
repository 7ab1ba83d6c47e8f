package org.etcdmirror.jdbcsink;

import java.time.Duration;
import javax.sql.DataSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.testkit.IndexStoreContract;

@PostgresTest
class TableSinkIndexContractTest extends IndexStoreContract {

  private final DataSource database;

  TableSinkIndexContractTest(PostgresServer server) throws Exception {
    this.database = server.freshDatabase();
  }

  @Override
  protected IndexStore openStore(int place) {
    return new TableSink(database, Duration.ofSeconds(10)).indexStore("link-" + place);
  }
}
