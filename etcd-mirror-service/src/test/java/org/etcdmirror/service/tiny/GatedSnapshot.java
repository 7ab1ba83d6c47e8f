package org.etcdmirror.service.tiny;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** A snapshot of two entries that waits for a named pipe before the second one. */
final class GatedSnapshot implements Snapshot {

  private final Snapshot entries;
  private final Path pipe;
  private int returned;

  GatedSnapshot(Snapshot entries, Path pipe) {
    this.entries = entries;
    this.pipe = pipe;
  }

  @Override
  public SourceHead head() {
    return entries.head();
  }

  @Override
  public OptionalLong expectedEntries() {
    return OptionalLong.of(2);
  }

  @Override
  public MirrorEvent.@Nullable Entry next() throws IOException, InterruptedException {
    if (returned++ == 1) {
      try (InputStream gate = Files.newInputStream(pipe)) {
        gate.readAllBytes();
      }
    }
    return entries.next();
  }

  @Override
  public void close() {
    entries.close();
  }
}
