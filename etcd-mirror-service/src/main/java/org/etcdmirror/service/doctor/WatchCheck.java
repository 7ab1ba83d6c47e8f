package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Start;
import org.jspecify.annotations.Nullable;

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
      try (EventSource source = side.reader(endpoint)) {
        source.head(side.selection());
        String failure = open(source, endpoint);
        if (failure == null) {
          findings.ok("a watch opens at " + endpoint);
        } else {
          failures.put(endpoint, failure);
        }
      } catch (IOException | PermanentException e) {
        findings.notChecked(e);
      }
    }
    boolean isEach = failures.size() == side.endpoints().size();
    for (String failure : failures.values()) {
      if (isEach) {
        findings.problem(failure, REMEDY);
      } else {
        findings.warning(failure, REMEDY);
      }
    }
  }

  /** Opens a watch where reads work; returns why not, or null. */
  private @Nullable String open(EventSource source, String endpoint) throws InterruptedException {
    try {
      source.open(side.selection(), Start.now()).close();
      return null;
    } catch (IOException | LostEventsException | PermanentException e) {
      return "no watch opens at %s: %s".formatted(endpoint, e.getMessage());
    }
  }
}
