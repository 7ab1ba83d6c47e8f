package org.etcdmirror.service.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All links of a process.
 *
 * @param links each, in the order of their names
 * @param reloadError why the configuration that was read last was refused; null if it was not
 */
public record LinksReport(List<LinkReport> links, @Nullable String reloadError) {

  /** Copies the list. */
  public LinksReport {
    links = List.copyOf(links);
  }
}
