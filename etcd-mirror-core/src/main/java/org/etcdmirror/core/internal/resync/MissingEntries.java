package org.etcdmirror.core.internal.resync;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;

/** Counts entries that a pass has yet to write, and samples their keys for a plan. */
final class MissingEntries {

  static final int SAMPLES = 20;

  private final List<Bytes> samples = new ArrayList<>();
  private final List<Bytes> overwriteSamples = new ArrayList<>();
  private long entries;
  private long bytes;
  private long overwrites;

  /** The entry is still to be written. */
  void add(Entry wanted) {
    entries++;
    bytes += ResyncBatch.size(wanted);
    sample(samples, wanted.key());
  }

  /** The entry takes the place of one with other content; it was written, or is still to be. */
  void overwrites(Entry wanted) {
    overwrites++;
    sample(overwriteSamples, wanted.key());
  }

  private static void sample(List<Bytes> samples, Bytes key) {
    if (samples.size() < SAMPLES) {
      samples.add(key);
    }
  }

  long entries() {
    return entries;
  }

  long bytes() {
    return bytes;
  }

  long overwrites() {
    return overwrites;
  }

  List<Bytes> samples() {
    return samples;
  }

  List<Bytes> overwriteSamples() {
    return overwriteSamples;
  }
}
