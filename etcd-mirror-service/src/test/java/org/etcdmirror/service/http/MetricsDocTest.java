package org.etcdmirror.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.micrometer.MirrorMetrics;
import org.etcdmirror.core.micrometer.MirrorObservation;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.service.audit.AuditLog;
import org.etcdmirror.service.audit.AuditMetrics;
import org.etcdmirror.service.dropin.OldMeters;
import org.etcdmirror.service.tiny.TinySource;
import org.etcdmirror.site.markdown.GeneratedTable;
import org.etcdmirror.site.markdown.MarkdownPage;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables of docs/metrics.md are made of the meters. */
class MetricsDocTest {

  private static final Path ROOT = Path.of("..");
  private static final String PAGE = "docs/metrics.md";
  private static final Set<String> TIMES = Set.of("seconds", "days", "millis", "minutes", "hours");

  private final EtcdMirror mirror =
      EtcdMirror.builder()
          .source(new TinySource())
          .sink(InMemorySink.paths())
          .scope(MirrorScope.of("/conftool"))
          .build();

  @AfterEach
  void close() {
    mirror.close();
  }

  @Test
  void metersOfAMirrorAreListed() throws IOException {
    assertListed("## Meters of a mirror", MirrorMetrics.of(mirror));
  }

  @Test
  void metersOfTheServiceAreListed(@TempDir Path directory) throws Exception {
    TestCertificates certificates = TestCertificates.in(directory);
    Access access = Access.builder().caCert(certificates.caCert()).build();
    Tags tags = Tags.of("link", "app", "sink", "v3:http://c:2379");
    AuditLog audit = AuditLog.open("app", directory.resolve("audit.jsonl"), false);

    assertListed(
        "## Meters of the service",
        registry -> {
          new CertificateMetrics(access, tags.and("side", "sink"), "client").bindTo(registry);
          new ReloadMetrics(() -> false).bindTo(registry);
          new AuditMetrics(audit, tags).bindTo(registry);
        });
  }

  @Test
  void metersOfTheDropInAreListed() throws IOException {
    assertListed(
        "## Meters of the program etcdmirror",
        registry -> OldMeters.bindTo(registry, mirror::status));
  }

  @Test
  void namesFollowTheConvention() {
    MeterRegistry registry = new SimpleMeterRegistry();
    MirrorMetrics.of(mirror).bindTo(registry);

    assertThat(registry.getMeters())
        .extracting(meter -> meter.getId().getName())
        .allMatch(name -> name.matches("(etcd\\.mirror|etcdmirror)(\\.[a-z]+)+"))
        // The registry adds its own unit of time.
        .noneMatch(name -> TIMES.stream().anyMatch(List.of(name.split("\\."))::contains));
  }

  @Test
  void observationsAreListedWithTheirKeys() throws IOException {
    List<String> words = MarkdownPage.read(ROOT, PAGE).words();
    for (MirrorObservation observation : MirrorObservation.values()) {
      assertThat(words).contains(observation.getName());
      Stream.of(observation.getLowCardinalityKeyNames(), observation.getHighCardinalityKeyNames())
          .flatMap(Stream::of)
          .forEach(key -> assertThat(words).contains(key.asString()));
    }
  }

  private static void assertListed(String heading, MeterBinder binder) throws IOException {
    MeterRegistry registry = new SimpleMeterRegistry();
    PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    binder.bindTo(registry);
    binder.bindTo(prometheus);
    Map<String, Meter> meters = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      String name = meter.getId().getName();
      if (meter.getId().syntheticAssociation() != null) {
        // A bucket of a histogram.
        continue;
      }
      meters.put(name, meter);
      meter.getId().getTags().stream()
          .map(Tag::getKey)
          .forEach(key -> labels.computeIfAbsent(name, any -> new TreeSet<>()).add(key));
    }
    List<String> table =
        new ArrayList<>(
            GeneratedTable.head(
                List.of("meter", "Prometheus", "type", "unit", "labels", "meaning")));
    String scrape = prometheus.scrape();
    meters.forEach((name, meter) -> {
      assertThat(scrape).contains("# HELP " + scraped(meter) + " ");
      table.add(row(meter, labels.getOrDefault(name, Set.of())));
    });
    GeneratedTable shown = new GeneratedTable(ROOT.resolve(PAGE), heading);
    if (GeneratedTable.isToBeWritten()) {
      shown.write(table);
    }

    assertThat(shown.lines()).as("run this test with -Ddocs.write=true").isEqualTo(table);
  }

  /** The name at {@code /metrics}. */
  private static String scraped(Meter meter) {
    Meter.Id id = meter.getId();
    if (id.getType() == Meter.Type.TIMER && id.getName().startsWith("etcdmirror.")) {
      return id.getName().replace('.', '_');
    }
    String name =
        new PrometheusNamingConvention().name(id.getName(), id.getType(), id.getBaseUnit());
    return id.getType() == Meter.Type.COUNTER ? name + "_total" : name;
  }

  private static String row(Meter meter, Set<String> labels) {
    Meter.Id id = meter.getId();
    boolean isTime = meter instanceof TimeGauge || id.getType() == Meter.Type.TIMER;
    String unit = id.getBaseUnit() == null ? "" : id.getBaseUnit();
    return GeneratedTable.row(
        List.of(
            code(id.getName()),
            code(scraped(meter)),
            id.getType().name().toLowerCase(Locale.ROOT),
            isTime ? "time" : unit,
            labels.stream().map(MetricsDocTest::code).collect(Collectors.joining(", ")),
            String.valueOf(id.getDescription())));
  }

  private static String code(String text) {
    return "`" + text + "`";
  }
}
