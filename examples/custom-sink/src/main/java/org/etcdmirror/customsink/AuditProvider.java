package org.etcdmirror.customsink;

import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.SinkSettings;

/** Serves {@code audit:PATH}: an {@link AuditSink} in that file, and its index in a file beside. */
public final class AuditProvider extends FileProvider {

  /** For {@link java.util.ServiceLoader}. */
  public AuditProvider() {
    super("audit");
  }

  @Override
  public EventSink createSink(SinkSettings settings) {
    return new AuditSink(file(settings));
  }
}
