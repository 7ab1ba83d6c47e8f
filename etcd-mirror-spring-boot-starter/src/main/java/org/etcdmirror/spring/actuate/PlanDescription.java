package org.etcdmirror.spring.actuate;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.ResyncPlan;
import org.jspecify.annotations.Nullable;

/**
 * What a resync would do, as the endpoint shows it.
 *
 * @param summary all of it in one line
 * @param index the index of the source that the sink would be brought level with
 * @param writes how many keys would be written
 * @param deletes how many keys would be deleted
 * @param unsupported how many entries the sink cannot hold
 * @param writeSamples some of the keys that would be written
 * @param overwriteSamples some of the keys whose value would be replaced
 * @param deleteSamples some of the keys that would be deleted
 * @param refusal why a person is asked first; null if none is
 */
public record PlanDescription(
    String summary,
    long index,
    long writes,
    long deletes,
    long unsupported,
    List<String> writeSamples,
    List<String> overwriteSamples,
    List<String> deleteSamples,
    @Nullable String refusal) {

  static PlanDescription of(ResyncPlan plan) {
    return new PlanDescription(
        plan.describe(),
        plan.index(),
        plan.writes(),
        plan.deletes(),
        plan.unsupported(),
        texts(plan.writeSamples()),
        texts(plan.overwriteSamples()),
        texts(plan.deleteSamples()),
        plan.refusal());
  }

  private static List<String> texts(List<Bytes> keys) {
    return keys.stream().map(Bytes::toString).toList();
  }
}
