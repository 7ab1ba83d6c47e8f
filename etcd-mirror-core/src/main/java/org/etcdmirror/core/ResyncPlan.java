package org.etcdmirror.core;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What a resync would do, told without doing it. Keys bear their names in the sink.
 *
 * @param index the source index that the sink would be brought level with
 * @param sourceEntries values and directories that the source holds in the scope
 * @param sinkEntries values and directories that the sink holds in the scope
 * @param writes how many would be written because they differ or are missing
 * @param writeBytes the size of their keys and values
 * @param overwrites how many of the writes replace another value, or a directory, that the sink
 *     holds
 * @param deletes how many would be deleted because the source does not have them
 * @param unsupported how many the sink cannot hold; not counted among the writes
 * @param writeSamples some of the keys that would be written, the first in key order
 * @param overwriteSamples some of the keys whose value would be replaced, the first in key order
 * @param deleteSamples some of the keys that would be deleted, the first in key order
 * @param formerDeletes how many of the deletes are outside of the present prefixes, by the former
 *     prefix that a checkpoint names, so that they need an approval whatever the limit says;
 *     without those under an {@link EtcdMirrorBuilder#formerPrefix}. In order of the prefixes
 * @param differences the first of each kind with their values, in key order within each rule; empty
 *     unless values are {@linkplain EtcdMirrorBuilder#showValues shown}
 * @param sourceEmpty whether the source holds no value in the scope; it may hold directories
 * @param refusal why a person is asked first; null if none is
 */
public record ResyncPlan(
    long index,
    long sourceEntries,
    long sinkEntries,
    long writes,
    long writeBytes,
    long overwrites,
    long deletes,
    long unsupported,
    List<Bytes> writeSamples,
    List<Bytes> overwriteSamples,
    List<Bytes> deleteSamples,
    Map<Bytes, Long> formerDeletes,
    List<Difference> differences,
    boolean sourceEmpty,
    @Nullable String refusal) {

  /** A plan of a source with values, that deletes nothing outside of the present prefixes. */
  public ResyncPlan(
      long index,
      long sourceEntries,
      long sinkEntries,
      long writes,
      long writeBytes,
      long overwrites,
      long deletes,
      long unsupported,
      List<Bytes> writeSamples,
      List<Bytes> overwriteSamples,
      List<Bytes> deleteSamples,
      @Nullable String refusal) {
    this(
        index,
        sourceEntries,
        sinkEntries,
        writes,
        writeBytes,
        overwrites,
        deletes,
        unsupported,
        writeSamples,
        overwriteSamples,
        deleteSamples,
        Map.of(),
        List.of(),
        false,
        refusal);
  }

  /** Copies the lists and the map. */
  public ResyncPlan {
    writeSamples = List.copyOf(writeSamples);
    overwriteSamples = List.copyOf(overwriteSamples);
    deleteSamples = List.copyOf(deleteSamples);
    differences = List.copyOf(differences);
    formerDeletes = Collections.unmodifiableMap(new TreeMap<>(formerDeletes));
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return writes == 0 && deletes == 0;
  }

  /** One line for a person. */
  public String describe() {
    return "a resync at index %d would write %d (%d bytes, %d over other values) and delete %d; the source holds %d, the sink %d%s%s"
        .formatted(
            index,
            writes,
            writeBytes,
            overwrites,
            deletes,
            sourceEntries,
            sinkEntries,
            unsupported > 0 ? "; %d not supported by the sink".formatted(unsupported) : "",
            refusal == null ? "" : "; needs an approval: " + refusal);
  }
}
