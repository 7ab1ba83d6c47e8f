package org.etcdmirror.jdbcsink;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the table {@code etcd_entry} of PostgreSQL equal to a keyspace. A batch and its checkpoint
 * are one transaction. Each transaction locks and changes the row of the link first. So it waits
 * for one whose answer was lost, and one that comes late finds that the row has changed.
 */
public final class TableSink implements AtomicSink {

  private final Transactions transactions;
  private LinkRow row = new LinkRow("", UUID.randomUUID());
  private LinkRow.@Nullable Content last;

  /**
   * Makes a sink. The tables of {@code schema.sql} must exist, and must be this link's alone.
   *
   * @param database a pool, with time-outs, because a mirror waits for each answer
   * @param idle how long the server keeps a transaction of a client that is silent, such as 10 s
   */
  public TableSink(DataSource database, Duration idle) {
    this.transactions = new Transactions(database, idle);
  }

  @Override
  public KeyModel keyModel() {
    return KeyModel.BYTES;
  }

  @Override
  public Place place() {
    return Place.WITH_DATA;
  }

  @Override
  public IndexStore indexStore(String link) {
    if (!row.link().isEmpty()) {
      throw new IllegalStateException("sink serves %s, so not %s".formatted(row.link(), link));
    }
    row = new LinkRow(link, row.self());
    return this;
  }

  @Override
  public long maxAtomicBytes() {
    return 16L << 20; // for the memory of this process: PostgreSQL has no limit
  }

  @Override
  public synchronized Optional<Checkpoint> load() throws IOException {
    LinkRow.Content found = transactions.run("reading the checkpoint", row::read);
    last = found;
    return found.parsed(row.link());
  }

  @Override
  public synchronized void confirm() throws IOException {
    last = transactions.run("reading the checkpoint", open -> row.checked(row.read(open), last));
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException {
    write(List.of(), checkpoint);
  }

  @Override
  public void apply(EventBatch batch) throws IOException {
    write(batch.events(), null);
  }

  @Override
  public void apply(EventBatch batch, Checkpoint checkpoint) throws IOException {
    write(batch.events(), checkpoint);
  }

  private synchronized void write(List<MirrorEvent> events, @Nullable Checkpoint next)
      throws IOException {
    last =
        transactions.run(
            "writing %d events and the checkpoint".formatted(events.size()),
            open -> {
              LinkRow.Content moved = row.move(open, last, next);
              Entries.write(open, events);
              return moved;
            });
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException {
    try {
      return TableSnapshot.open(transactions.connect(), selection);
    } catch (SQLException e) {
      throw Transactions.failure("reading the table", e);
    }
  }

  @Override
  public void close() {
    transactions.close();
  }
}
