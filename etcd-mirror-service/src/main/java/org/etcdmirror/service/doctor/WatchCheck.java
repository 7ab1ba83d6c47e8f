package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Start;

/** Whether a watch opens in time at each endpoint; a buffering proxy holds back its answer. */
record WatchCheck(Side side) implements Check {

  private static final String REMEDY =
      "if a proxy stands in front, switch off its buffering or name etcd's own address";

  @Override
  public String name() {
    return side.name() + " watch";
  }

  @Override
  public void run(Findings findings) throws InterruptedException {
    Map<String, String> failures = new LinkedHashMap<>();
    for (String endpoint : side.endpoints()) {
      try (EventSource source = side.reader(endpoint);
          EventStream watch = source.open(side.selection(), Start.now())) {
        findings.ok("a watch opens at %s, at index %d".formatted(endpoint, watch.startIndex()));
      } catch (IOException | LostEventsException | PermanentException e) {
        failures.put(endpoint, "no watch opens at %s: %s".formatted(endpoint, e.getMessage()));
      }
    }
    boolean isLast = failures.size() == side.endpoints().size();
    for (String failure : failures.values()) {
      if (isLast) {
        findings.problem(failure, REMEDY);
      } else {
        findings.warning(failure, REMEDY);
      }
    }
  }
}
