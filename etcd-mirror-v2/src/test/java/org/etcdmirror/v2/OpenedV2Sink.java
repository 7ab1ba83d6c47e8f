package org.etcdmirror.v2;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.SinkContext;

/** Opens sinks as a mirror would. */
public final class OpenedV2Sink {

  private OpenedV2Sink() {}

  /** Opens the sink for a source whose keys are paths. */
  public static V2Sink of(V2Sink sink, String... prefixes) {
    return of(sink, KeyModel.PATHS, List.of(prefixes), List.of());
  }

  public static V2Sink of(
      V2Sink sink, KeyModel source, List<String> prefixes, List<String> formerPrefixes) {
    try {
      sink.open(new SinkContext("test", source, bytes(prefixes), bytes(formerPrefixes)));
      return sink;
    } catch (RuntimeException e) {
      sink.close();
      throw e;
    }
  }

  private static List<Bytes> bytes(List<String> prefixes) {
    return prefixes.stream().map(Bytes::utf8).toList();
  }
}
