package org.etcdmirror.benchmarks.peer;

import java.io.IOException;
import java.util.Map;
import org.etcdmirror.benchmarks.client.V2Connection;
import org.etcdmirror.benchmarks.client.V2Nodes;

/**
 * A directory of a v2 source.
 *
 * @param index the index of the reading
 * @param values the values by their keys
 */
record V2Tree(long index, Map<String, String> values) {

  static V2Tree read(V2Connection source, String directory) throws IOException {
    V2Connection.Answer answer = source.read(directory, "?recursive=true&quorum=true");
    return new V2Tree(answer.index(), V2Nodes.values(answer));
  }
}
