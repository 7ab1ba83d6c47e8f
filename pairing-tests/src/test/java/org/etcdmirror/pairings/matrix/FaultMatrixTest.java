package org.etcdmirror.pairings.matrix;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each fault at each stage. The documented tables say what a user sees. */
@Timeout(900)
class FaultMatrixTest {

  /** Cells wait for most of their time. */
  private static final int SIDE_BY_SIDE = 8;

  /**
   * Some cells alone, by a regular expression, such as {@code -Dmatrix.cells=".*, sink, cut off"}.
   */
  private static final String CHOICE = System.getProperty("matrix.cells", ".*");

  private static final Path PAGE = Path.of("..", "docs", "reliability.md");
  private static final Path TARGET = Path.of("target");

  private static final ExecutorService THREADS = Executors.newFixedThreadPool(SIDE_BY_SIDE);
  private static final Map<Api, Servers> SERVERS =
      Map.of(Api.V3, servers(Api.V3), Api.V2, servers(Api.V2));
  private static final Map<Cell, Future<Seen>> RUNS = new LinkedHashMap<>();
  private static final Set<String> BEFORE = Set.copyOf(MirrorThreads.named(""));
  private static final Map<Cell, Seen> SEEN = new ConcurrentHashMap<>();

  private static Servers servers(Api api) {
    return new Servers(api, cells().stream().filter(cell -> cell.api() == api).count());
  }

  static List<Cell> cells() {
    return Cell.all().stream().filter(cell -> cell.toString().matches(CHOICE)).toList();
  }

  @BeforeAll
  static void run() {
    for (Cell cell : cells()) {
      String link = "cell-" + RUNS.size();
      RUNS.put(cell, THREADS.submit(() -> run(cell, link)));
    }
  }

  private static Seen run(Cell cell, String link) throws Exception {
    Servers idle = requireNonNull(SERVERS.get(cell.api()));
    Servers.Pair servers = idle.take();
    boolean whole = false;
    try (Life life = new Life(cell.api(), servers, link)) {
      Seen seen = new CellRun(cell, life).run();
      SEEN.put(cell, seen);
      whole = true;
      return seen;
    } finally {
      if (whole) {
        idle.giveBack(servers);
      } else {
        servers.close();
      }
    }
  }

  @AfterAll
  static void end() throws IOException {
    THREADS.shutdownNow();
    SERVERS.values().forEach(Servers::close);
    Map<Cell, Seen> inOrder = new LinkedHashMap<>();
    for (Cell cell : cells()) {
      Seen seen = SEEN.get(cell);
      if (seen != null) {
        inOrder.put(cell, seen);
      }
    }
    MatrixTable.write(TARGET, inOrder);
    // What mirrors share, such as the threads of their connections, ends with the last of them.
    for (String shared : List.of("etcd-mirror-", "grpc-")) {
      Life.eventually("no thread " + shared, () -> BEFORE.containsAll(MirrorThreads.named(shared)));
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void faultIsSeenAsDocumentedAndLosesNothing(Cell cell) throws Exception {
    Future<Seen> run = requireNonNull(RUNS.get(cell));
    assertThat(run.get().text())
        .as("%s; target/fault-matrix.md has the table as it is", cell)
        .isEqualTo(documented().get(cell));
  }

  @Test
  void pageHasEachCell() throws Exception {
    assertThat(documented().keySet()).containsExactlyInAnyOrderElementsOf(Cell.all());
  }

  private static Map<Cell, String> documented() throws IOException {
    return MatrixTable.read(Files.readAllLines(PAGE));
  }
}
