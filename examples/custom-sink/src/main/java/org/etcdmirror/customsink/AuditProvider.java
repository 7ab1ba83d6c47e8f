package org.etcdmirror.customsink;

import java.nio.file.Path;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IndexStore;
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

  /** The same: an audit goes on in a new file where the old one was moved away. */
  @Override
  IndexStore tied(Path file, IndexStore index) {
    return new AuditIndex(index);
  }
}
