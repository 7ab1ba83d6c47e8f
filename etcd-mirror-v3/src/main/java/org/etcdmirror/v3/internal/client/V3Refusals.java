package org.etcdmirror.v3.internal.client;

import org.etcdmirror.api.internal.Refusals;

/**
 * Tells which refusals are final. At first etcd's own text is enough; once that kind of work has
 * succeeded it is not, as proxies copy etcd's words. Safe for use by many threads.
 */
final class V3Refusals {

  private final Refusals refusals;

  V3Refusals(Refusals refusals) {
    this.refusals = refusals;
  }

  /** A request was answered: it may be asked. */
  void letIn(V3Asked asked) {
    refusals.succeeded(asked.work(), asked);
  }

  /** The failure as it counts: a refusal that may pass is a {@link V3ErrorException}. */
  Throwable judged(Throwable failure, V3Asked asked, V3Member member) {
    if (!(failure instanceof V3PermanentException refused) || !refused.problem().isRefusal()) {
      return failure;
    }
    boolean isFinal =
        refusals.isFinal(asked.work(), asked, member.endpoint(), refused.isEtcdsText());
    String note = refusals.note(asked);
    return isFinal ? refused.with(note) : refused.passing(note, member.endpoint(), asked.method());
  }
}
