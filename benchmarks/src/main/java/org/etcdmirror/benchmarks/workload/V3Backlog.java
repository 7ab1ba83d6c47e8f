package org.etcdmirror.benchmarks.workload;

import java.util.List;
import java.util.Map;
import org.etcdmirror.benchmarks.contestant.Contestant;
import org.etcdmirror.benchmarks.contestant.Link;
import org.etcdmirror.benchmarks.contestant.Sides;
import org.etcdmirror.benchmarks.load.V3Fill;
import org.etcdmirror.benchmarks.process.JavaPrograms;
import org.etcdmirror.benchmarks.process.Program;

/** What was written while the mirror was away. */
public final class V3Backlog implements Workload {

  private static final String PREFIX = "/data/";
  private static final int KEYS_BEFORE = 10;

  private final Field field;
  private final int revisions;
  private final int keysInARevision;
  private final Sides.Line line;

  /** With the revisions of the backlog and the keys in each of them. */
  public V3Backlog(Field field, int revisions, int keysInARevision, Sides.Line line) {
    this.field = field;
    this.revisions = revisions;
    this.keysInARevision = keysInARevision;
    this.line = line;
  }

  @Override
  public String name() {
    String size = keysInARevision == 1 ? "one key" : keysInARevision + " keys";
    return "v3 backlog, %,d revisions of %s".formatted(revisions, size)
        + line.title()
        + field.title();
  }

  @Override
  public List<Contestant> contestants() {
    return field.contestants();
  }

  @Override
  public Map<Measure, Double> turn(Contestant contestant) throws Exception {
    try (Sides sides = Sides.start(field.server(), line);
        V3Observer observer = new V3Observer(sides.source(), sides.sink())) {
      JavaPrograms.run(V3Fill.class, sides.source(), PREFIX, 0, KEYS_BEFORE, 1, 100, 1);
      Link link = sides.link(List.of(PREFIX));
      try (Program program = contestant.start(link)) {
        observer.awaitKeys(program, PREFIX, KEYS_BEFORE - 1);
        Link level = link.levelAt(observer.sourceRevision());
        if (contestant.continuesAfterStop()) {
          program.stop();
          fill(sides);
          try (OtherClient other = OtherClient.of(field, sides);
              Program again = contestant.start(level)) {
            other.begin();
            return catchUp(again, Spent.since(again, sides), observer, other);
          }
        }
        program.freeze(true);
        fill(sides);
        try (OtherClient other = OtherClient.of(field, sides)) {
          other.begin();
          Spent spent = Spent.from(program, sides);
          program.freeze(false);
          return catchUp(program, spent, observer, other);
        }
      }
    }
  }

  private void fill(Sides sides) throws Exception {
    JavaPrograms.run(
        V3Fill.class,
        sides.source(),
        PREFIX,
        KEYS_BEFORE,
        revisions * keysInARevision,
        1,
        100,
        keysInARevision);
  }

  private Map<Measure, Double> catchUp(
      Program program, Spent spent, V3Observer observer, OtherClient other) throws Exception {
    int keys = revisions * keysInARevision;
    long firstWrite = observer.awaitWrite(program);
    long end = observer.awaitKeys(program, PREFIX, KEYS_BEFORE + keys - 1);
    Map<Measure, Double> figures = spent.on(keys, firstWrite, end);
    figures.putAll(other.end());
    observer.mustBeEqual(List.of(PREFIX));
    return figures;
  }
}
