package org.etcdmirror.v3;

import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.SinkContext;

/** Builds a sink that is opened at once, as by a mirror; by default it covers all keys. */
final class OpenedV3Sink {

  private final V3Sink.Builder builder;
  private final String link;
  private KeyModel sourceKeyModel = KeyModel.BYTES;
  private List<Bytes> prefixes = List.of(Bytes.EMPTY);
  private List<Bytes> formerPrefixes = List.of();

  private OpenedV3Sink(V3Sink.Builder builder, String link) {
    this.builder = builder;
    this.link = link;
  }

  static OpenedV3Sink at(String url, String link) {
    return new OpenedV3Sink(V3Sink.builder().endpoints(url), link);
  }

  static OpenedV3Sink at(List<String> urls, String link) {
    return new OpenedV3Sink(V3Sink.builder().endpoints(urls), link);
  }

  OpenedV3Sink checkpointKey(Bytes key) {
    builder.checkpointKey(key);
    return this;
  }

  OpenedV3Sink maxTxnOps(int value) {
    builder.maxTxnOps(value);
    return this;
  }

  OpenedV3Sink maxRequestBytes(long value) {
    builder.maxRequestBytes(value);
    return this;
  }

  OpenedV3Sink underPaths() {
    sourceKeyModel = KeyModel.PATHS;
    return this;
  }

  OpenedV3Sink prefixes(String... all) {
    prefixes = Stream.of(all).map(Bytes::utf8).toList();
    return this;
  }

  OpenedV3Sink formerPrefixes(String... all) {
    formerPrefixes = Stream.of(all).map(Bytes::utf8).toList();
    return this;
  }

  V3Sink build() {
    V3Sink sink = builder.build();
    try {
      sink.indexStore(link).open(new SinkContext(link, sourceKeyModel, prefixes, formerPrefixes));
      return sink;
    } catch (RuntimeException e) {
      sink.close();
      throw e;
    }
  }
}
