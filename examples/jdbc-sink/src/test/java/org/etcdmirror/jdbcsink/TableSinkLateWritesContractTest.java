package org.etcdmirror.jdbcsink;

import java.time.Duration;
import javax.sql.DataSource;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.Fencing;
import org.etcdmirror.testkit.LateWritesContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** Waits in each test until the server gives up the transaction of a client that is gone. */
@Tag("long")
@PostgresTest
class TableSinkLateWritesContractTest extends LateWritesContract {

  private final CommitProxy proxy;
  private final DataSource database;

  TableSinkLateWritesContractTest(PostgresServer server) throws Exception {
    this.proxy = CommitProxy.to(server.port());
    this.database = PostgresServer.at(proxy.port(), server.freshDatabase());
  }

  @AfterEach
  void closeProxy() throws Exception {
    proxy.close();
  }

  @Override
  protected ReadableSink openSink() {
    return new TableSink(database, Duration.ofSeconds(2));
  }

  @Override
  protected Fencing fencing() {
    return Fencing.EACH_WRITE;
  }

  @Override
  protected void holdWrites(boolean on) {
    proxy.answer(on ? CommitProxy.Commits.HELD : CommitProxy.Commits.ANSWERED);
  }

  @Override
  protected int executeHeldWrites() throws Exception {
    return proxy.deliverHeld();
  }
}
