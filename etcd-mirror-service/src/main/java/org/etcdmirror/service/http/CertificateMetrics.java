package org.etcdmirror.service.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.AccessTls;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long the certificates in the files of one side are valid; negative after they
 * expired. Reads the files each time.
 */
final class CertificateMetrics implements MeterBinder {

  private final Access access;
  private final Tags tags;
  private final String own;

  /**
   * Makes the meters of one side; none if it has no files.
   *
   * @param tags the labels; {@code certificate}, which is {@code ca} or {@code own}, is added
   * @param own what the certificate is that this side shows
   */
  CertificateMetrics(Access access, Tags tags, String own) {
    this.access = access;
    this.tags = tags;
    this.own = own;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    if (access.caCert() == null && access.cert() == null) {
      return;
    }
    AccessTls tls = AccessTls.of(access);
    if (access.caCert() != null) {
      bind(registry, "ca", tls::caExpires);
    }
    if (access.cert() != null) {
      bind(registry, own, tls::certExpires);
    }
  }

  private void bind(MeterRegistry registry, String which, Supplier<@Nullable Instant> expires) {
    TimeGauge.builder(
            "etcd.mirror.certificate.expiry", () -> seconds(expires.get()), TimeUnit.SECONDS)
        .description("Time until the first certificate in the file expires; negative afterwards")
        .tags(tags.and("certificate", which))
        .register(registry);
  }

  private static double seconds(@Nullable Instant expires) {
    return expires == null ? Double.NaN : Duration.between(Instant.now(), expires).toSeconds();
  }
}
