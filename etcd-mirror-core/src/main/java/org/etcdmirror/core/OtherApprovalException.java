package org.etcdmirror.core;

/**
 * What was to be approved is not what waits for an approval: it was replaced meanwhile. Nothing has
 * changed; a person is to look at what waits now.
 */
public final class OtherApprovalException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private final transient PendingApproval pending;

  /** An approval of something else than what is pending. */
  public OtherApprovalException(String link, PendingApproval pending) {
    super(
        "%s: that is not what waits for an approval; %s waits: %s"
            .formatted(link, pending.token(), pending.reason()));
    this.pending = pending;
  }

  /** What waits now. */
  public PendingApproval pending() {
    return pending;
  }
}
