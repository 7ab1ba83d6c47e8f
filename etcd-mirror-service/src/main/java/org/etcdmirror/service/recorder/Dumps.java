package org.etcdmirror.service.recorder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dumps what a recorder holds: on request, and by itself when the mirror fails. */
public final class Dumps implements MirrorListener {

  private static final Logger log = LoggerFactory.getLogger(Dumps.class);

  private final FlightRecorder recorder;
  private final DumpFiles files;
  private volatile @Nullable Supplier<MirrorStatus> status;

  /**
   * Dumps of one mirror.
   *
   * @param recorder a listener of the mirror before this one, so that the dump has the failure
   * @param files where they are written
   */
  public Dumps(FlightRecorder recorder, DumpFiles files) {
    this.recorder = recorder;
    this.files = files;
  }

  /** Names the mirror, which is made after its listeners. */
  public void watch(Supplier<MirrorStatus> mirror) {
    status = mirror;
  }

  /** Writes a dump because a client asked for it, and returns its path. */
  public Path write() throws IOException {
    return write(DumpCause.ASKED);
  }

  private Path write(DumpCause cause) throws IOException {
    Supplier<MirrorStatus> known = status;
    if (known == null) {
      throw new IOException("the mirror is not made yet");
    }
    return files.write(known.get(), cause, recorder.lines());
  }

  @Override
  public void onFailed(Throwable failure) {
    try {
      log.info(
          ServiceLogEvent.DUMP_WRITTEN.marker(),
          "wrote what happened before the failure to {}",
          write(DumpCause.FAILED));
    } catch (IOException e) {
      log.warn(
          ServiceLogEvent.DUMP_NOT_WRITTEN.marker(),
          "cannot write a dump of the failure: {}",
          e.toString());
    }
  }
}
