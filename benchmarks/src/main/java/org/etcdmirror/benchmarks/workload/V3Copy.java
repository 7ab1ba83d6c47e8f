package org.etcdmirror.benchmarks.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.etcdmirror.benchmarks.contestant.Contestant;
import org.etcdmirror.benchmarks.contestant.Sides;
import org.etcdmirror.benchmarks.load.V3Fill;
import org.etcdmirror.benchmarks.process.JavaPrograms;
import org.etcdmirror.benchmarks.process.Program;

/** The first copy of a filled source into an empty sink. */
public final class V3Copy implements Workload {

  private static final int KEYS_IN_A_REVISION = 100;

  private final Field field;
  private final int keys;
  private final int valueLength;
  private final Sides.Line line;
  private final int prefixes;
  private final int mirrored;

  private V3Copy(
      Field field, int keys, int valueLength, Sides.Line line, int prefixes, int mirrored) {
    this.field = field;
    this.keys = keys;
    this.valueLength = valueLength;
    this.line = line;
    this.prefixes = prefixes;
    this.mirrored = mirrored;
  }

  /** Of one prefix that holds all keys. */
  public static V3Copy of(Field field, int keys, int valueLength, Sides.Line line) {
    return new V3Copy(field, keys, valueLength, line, 1, 1);
  }

  /**
   * Of some of many prefixes.
   *
   * @param keys the keys of each prefix
   * @param prefixes how many there are
   * @param mirrored how many of them are mirrored
   */
  public static V3Copy ofPrefixes(Field field, int keys, int prefixes, int mirrored) {
    return new V3Copy(field, keys, 100, Sides.Line.NEAR, prefixes, mirrored);
  }

  @Override
  public String name() {
    String values = valueLength < 1024 ? valueLength + " bytes" : valueLength / 1024 + " KiB";
    String what = "v3 copy, %,d keys of %s".formatted(keys * mirrored, values);
    return (prefixes == 1 ? what : what + ", %d prefixes of %,d".formatted(mirrored, prefixes))
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
      for (String prefix : prefixes(0, prefixes, 1)) {
        JavaPrograms.run(
            V3Fill.class, sides.source(), prefix, 0, keys, 1, valueLength, KEYS_IN_A_REVISION);
      }
      // Apart from each other, so that no range from the first to the last holds nothing else.
      List<String> wanted = prefixes(0, prefixes, prefixes / mirrored);
      try (OtherClient other = OtherClient.of(field, sides);
          Program program = contestant.start(sides.link(wanted))) {
        other.begin();
        Spent spent = Spent.since(program, sides);
        long firstWrite = observer.awaitWrite(program);
        long end = 0;
        for (String prefix : wanted) {
          end = Math.max(end, observer.awaitKeys(program, prefix, keys - 1));
        }
        Map<Measure, Double> figures = spent.on((long) keys * mirrored, firstWrite, end);
        figures.putAll(other.end());
        observer.mustBeEqual(wanted);
        return figures;
      }
    }
  }

  private static List<String> prefixes(int from, int end, int step) {
    List<String> names = new ArrayList<>();
    for (int i = from; i < end; i += step) {
      names.add("/data/%04d/".formatted(i));
    }
    return names;
  }
}
