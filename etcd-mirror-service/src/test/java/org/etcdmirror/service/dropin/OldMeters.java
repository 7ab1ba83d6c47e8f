package org.etcdmirror.service.dropin;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.etcdmirror.core.MirrorStatus;

/** The meters of the program etcdmirror, for tests in other packages. */
public final class OldMeters {

  private OldMeters() {}

  /** Binds them, as the drop-in does. */
  public static void bindTo(MeterRegistry registry, Supplier<MirrorStatus> mirror) {
    new OldMetrics("http://c:2379", "/copy/").bindTo(registry, mirror);
  }
}
