package org.etcdmirror.benchmarks.contestant;

import java.util.List;
import org.etcdmirror.benchmarks.process.Program;

/** A program that mirrors. */
public interface Contestant {

  /** Its name in the report. */
  String name();

  /** Whether it is stopped while it is away, and started again. If not, it is frozen meanwhile. */
  boolean continuesAfterStop();

  /** The command line that mirrors until it is ended. */
  List<String> command(Link link);

  /** Starts it. */
  default Program start(Link link) {
    return Program.start(command(link));
  }
}
