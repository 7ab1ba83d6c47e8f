package org.etcdmirror.service.doctor;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.internal.InspectorProvider;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.TestSettings;

/** Runs a check alone. */
final class CheckFixture {

  private CheckFixture() {}

  /** The side of a link that these options name. */
  static Side source(String address, String... more) {
    String[] options = new String[more.length + 6];
    String[] link = {
      "--source", address, "--sink", "v2:http://127.0.0.1:1", "--prefix", "/conftool"
    };
    System.arraycopy(link, 0, options, 0, link.length);
    System.arraycopy(more, 0, options, link.length, more.length);
    Settings settings = TestSettings.of(options);
    InspectorProvider inspectors = settings.providers().inspector(settings.source());
    if (inspectors == null) {
      throw new IllegalStateException("no inspector of " + address);
    }
    return Side.of(
        "source",
        settings.source(),
        settings.sourceAccess(),
        settings.providers(),
        List.of(Bytes.utf8("/conftool")),
        inspectors);
  }

  /** What a check finds. It runs again after a failure that may be transient. */
  static List<String> lines(Check check) {
    return await()
        .atMost(Duration.ofMinutes(1))
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .ignoreExceptionsMatching(IOException.class::isInstance)
        .until(() -> found(check), lines -> true);
  }

  private static List<String> found(Check check) throws IOException, InterruptedException {
    Findings findings = new Findings(check.name());
    check.run(findings);
    return findings.all().stream().map(finding -> finding.level() + " " + finding.text()).toList();
  }
}
