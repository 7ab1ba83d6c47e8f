package org.etcdmirror.service.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.BooleanSupplier;

/**
 * Shows whether a changed configuration was refused.
 *
 * @param isRefused whether it was the last time
 */
record ReloadMetrics(BooleanSupplier isRefused) implements MeterBinder {

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("etcd.mirror.reload.failed", () -> isRefused.getAsBoolean() ? 1 : 0)
        .description("1 if the configuration was read again last time and refused, else 0")
        .register(registry);
  }
}
