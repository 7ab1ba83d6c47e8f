package org.etcdmirror.service.audit;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Counts the changes of an audit.
 *
 * @param audit the audit
 * @param tags the labels
 */
public record AuditMetrics(AuditLog audit, Tags tags) implements MeterBinder {

  @Override
  public void bindTo(MeterRegistry registry) {
    FunctionCounter.builder("etcd.mirror.audit.changes", audit, AuditLog::written)
        .description("Changes that were written to the audit")
        .baseUnit("changes")
        .tags(tags)
        .register(registry);
    FunctionCounter.builder("etcd.mirror.audit.missing.changes", audit, AuditLog::missing)
        .description("Changes that are missing in the audit, because it could not be written")
        .baseUnit("changes")
        .tags(tags)
        .register(registry);
  }
}
