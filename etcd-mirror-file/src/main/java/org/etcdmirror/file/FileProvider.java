package org.etcdmirror.file;

import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.SourceProvider;
import org.etcdmirror.api.SourceSettings;

/**
 * Serves addresses of the form {@code file:DIR}. A sink takes {@code file:DIR?keep=7d&snapshots=10}
 * as well ({@link Retention}). Safe for use by many threads.
 */
public final class FileProvider implements SinkProvider, SourceProvider {

  /** For {@link java.util.ServiceLoader}. */
  public FileProvider() {}

  @Override
  public String scheme() {
    return "file";
  }

  @Override
  public boolean isRecording() {
    return true;
  }

  @Override
  public EventSource createSource(SourceSettings settings) {
    FileAddress address = FileAddress.parse(settings.address().rest());
    if (address.retention() != null) {
      throw new IllegalArgumentException(
          "'%s': a source takes no settings behind the directory".formatted(settings.address()));
    }
    return FileSource.at(address.directory(), settings.at());
  }

  @Override
  public EventSink createSink(SinkSettings settings) {
    if (settings.checkpointKey() != null) {
      throw new IllegalArgumentException(
          "a dump stores its index with the data; a key for it can't be chosen");
    }
    FileAddress address = FileAddress.parse(settings.address().rest());
    Retention retention = address.retention();
    return FileSink.at(
        address.directory(),
        settings.sourceKeyModel(),
        retention == null ? Retention.DEFAULT : retention);
  }
}
