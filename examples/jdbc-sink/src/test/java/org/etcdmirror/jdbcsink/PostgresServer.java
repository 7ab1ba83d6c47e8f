package org.etcdmirror.jdbcsink;

import static java.util.Objects.requireNonNull;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.etcdmirror.testkit.etcd.Ports;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL on a free loopback port, with its data in a temporary directory. It refuses to run
 * as root; then it runs as the user {@code postgres} of its package.
 */
final class PostgresServer implements AutoCloseable {

  private static final String USER = "mirror";
  private static final int TRIES = 5;
  private static final int POLL_MILLIS = 50;

  private final AtomicInteger databases = new AtomicInteger();
  private final Path directory;
  private final Thread reaper = new Thread(this::end, "postgresql-reaper");
  private int port;
  private @Nullable Process process;

  private PostgresServer(Path directory) {
    this.directory = directory;
  }

  static PostgresServer start() throws Exception {
    PostgresServer server = new PostgresServer(Files.createTempDirectory("postgresql-"));
    if (isRoot()) {
      Files.setOwner(
          server.directory,
          FileSystems.getDefault()
              .getUserPrincipalLookupService()
              .lookupPrincipalByName("postgres"));
    }
    Runtime.getRuntime().addShutdownHook(server.reaper);
    Process made =
        server.launch(
            "initdb",
            "-D",
            server.data(),
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync");
    if (made.waitFor() != 0) {
      throw new IllegalStateException("initdb failed: " + server.log());
    }
    for (int i = 1; !server.serves(); i++) {
      if (i == TRIES) {
        throw new IllegalStateException("PostgreSQL does not start: " + server.log());
      }
    }
    return server;
  }

  /** Starts the server; false if it ended, as when another program took its port meanwhile. */
  private boolean serves() throws Exception {
    port = Ports.free();
    Process running =
        launch(
            "postgres",
            "-D",
            data(),
            "-p",
            Integer.toString(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "fsync=off");
    process = running;
    long start = System.nanoTime();
    while (running.isAlive()) {
      try (Connection probe = source("postgres").getConnection()) {
        return probe.isValid(0);
      } catch (SQLException notYet) {
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw new IllegalStateException("PostgreSQL does not answer: " + log(), notYet);
        }
        running.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
    return false;
  }

  /** The names of server and database, and time-outs, of a database with the tables of the sink. */
  PGSimpleDataSource freshDatabase() throws Exception {
    String name = "db" + databases.incrementAndGet();
    execute(source("postgres"), "create database " + name);
    PGSimpleDataSource database = source(name);
    try (var schema = requireNonNull(TableSink.class.getResourceAsStream("schema.sql"))) {
      execute(database, new String(schema.readAllBytes(), StandardCharsets.UTF_8));
    }
    return database;
  }

  static void execute(PGSimpleDataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The same database by way of a proxy at this port. */
  static PGSimpleDataSource at(int port, PGSimpleDataSource database) {
    PGSimpleDataSource proxied = source(port, requireNonNull(database.getDatabaseName()));
    // Each commit is sent as text, so that the proxy knows it.
    proxied.setPrepareThreshold(0);
    return proxied;
  }

  int port() {
    return port;
  }

  private PGSimpleDataSource source(String database) {
    return source(port, database);
  }

  private static PGSimpleDataSource source(int port, String database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {"127.0.0.1"});
    source.setPortNumbers(new int[] {port});
    source.setDatabaseName(database);
    source.setUser(USER);
    source.setSslMode("disable");
    source.setGssEncMode("disable");
    source.setConnectTimeout((int) PATIENCE.toSeconds());
    source.setSocketTimeout((int) PATIENCE.toSeconds());
    return source;
  }

  private Process launch(String program, String... arguments) throws IOException {
    String bin = System.getenv("POSTGRESQL_BIN");
    if (bin == null) {
      throw new IllegalStateException(
          "no PostgreSQL named: set POSTGRESQL_BIN to what scripts/install-postgresql.sh prints");
    }
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    command.add(Path.of(bin, program).toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
        .start();
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  private Path logFile() {
    return directory.resolve("postgresql.log");
  }

  private String log() throws IOException {
    return Files.readString(logFile());
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(reaper);
    end();
  }

  /** Ends it in good order, so that it leaves no shared memory behind, and deletes its files. */
  private void end() {
    try {
      Process running = process;
      if (running != null && running.isAlive()) {
        new ProcessBuilder("sh", "-c", "kill -INT " + running.pid()).start().waitFor();
        if (!running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          running.destroyForcibly().waitFor();
        }
      }
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("PostgreSQL is not cleaned up: " + directory, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
