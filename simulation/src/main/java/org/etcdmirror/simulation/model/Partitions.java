package org.etcdmirror.simulation.model;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.simulation.schedule.SimulatedProcess;

/** Who cannot reach which cluster, and until when. What is sent meanwhile arrives afterwards. */
final class Partitions {

  private record Partition(SimulatedProcess process, String cluster, long end) {

    boolean isBetween(SimulatedProcess client, String authority) {
      return client == process && authority.startsWith(cluster);
    }
  }

  private final List<Partition> all = new ArrayList<>();

  void begin(SimulatedProcess process, String cluster, long end) {
    all.add(new Partition(process, cluster, end));
  }

  /** When the last one of all ends; 0 if there was none. */
  long end() {
    return all.stream().mapToLong(Partition::end).max().orElse(0);
  }

  /** When the last one between them ends; 0 if there was none. */
  long end(SimulatedProcess process, String authority) {
    return all.stream()
        .filter(partition -> partition.isBetween(process, authority))
        .mapToLong(Partition::end)
        .max()
        .orElse(0);
  }
}
