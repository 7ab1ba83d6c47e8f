package org.etcdmirror.benchmarks.contestant;

import java.net.URI;
import java.util.List;

/**
 * What a contestant has to mirror.
 *
 * @param source the server to read from
 * @param sink the server to write to
 * @param prefixes the prefixes; on v2 one directory
 * @param level the index at which the sink is level with the source; 0 if it holds nothing yet
 */
public record Link(URI source, URI sink, List<String> prefixes, long level) {

  /** Checks the prefixes. */
  public Link {
    prefixes = List.copyOf(prefixes);
  }

  /** The first prefix. */
  public String prefix() {
    return prefixes.get(0);
  }

  /** The same, level at an index. */
  public Link levelAt(long index) {
    return new Link(source, sink, prefixes, index);
  }
}
