package org.etcdmirror.service.doctor;

import java.util.List;
import java.util.stream.Collectors;
import org.etcdmirror.service.doctor.Finding.Level;

/**
 * The result of all checks.
 *
 * @param findings what they found, in their order
 */
public record Diagnosis(List<Finding> findings) {

  public long problems() {
    return count(Level.PROBLEM);
  }

  public long warnings() {
    return count(Level.WARNING);
  }

  private long count(Level level) {
    return findings.stream().filter(finding -> finding.level() == level).count();
  }

  /** Writes one line for each finding. */
  public String describe() {
    return findings.stream()
        .map(Finding::describe)
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
