package org.etcdmirror.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.etcdmirror.benchmarks.workload.Measure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class PageTest {

  private static final String PLOT = "quick-copy-of-a-b-10-keys-rate.svg";

  @TempDir private Path directory;
  private final Results results = new Results("copy of <a> & b, 10 keys");

  @BeforeEach
  void twoContestants() {
    results.add("etcd-mirror", Map.of(Measure.RATE, 300.0));
    results.addFailure("peer", "it ended");
  }

  private void write(double load) throws IOException {
    Page.write(report("quick", load, results), directory);
  }

  private static Report report(String mode, double load, Results... all) {
    Machine machine = new Machine("2 x fast", "8 GiB", "Linux", "17", "3.4.23", load);
    Run run = new Run(Instant.EPOCH, "abc123", 3, machine);
    return new Report(mode, Stream.of(all).map(each -> new Measured(run, each)).toList());
  }

  private String page() throws IOException {
    return Files.readString(directory.resolve("quick.md"));
  }

  @Test
  void namesMachineVersionsAndDate() throws Exception {
    write(0);
    assertThat(page())
        .contains("1970-01-01T00:00Z", "| 2 x fast |", "| 3.4.23 |", "| abc123 |")
        .doesNotContain("busy");
  }

  @Test
  void warnsOfFiguresFromABusyMachine() throws Exception {
    write(1_000);
    assertThat(page()).contains("The machine was busy (load 1,000)");
  }

  @Test
  void thePlotIsWellFormedAndHasABarForEachContestant() throws Exception {
    write(0);
    Document svg = parse(PLOT);
    assertThat(svg.getDocumentElement().getNodeName()).isEqualTo("svg");
    // And the background.
    assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(3);
    assertThat(svg.getElementsByTagName("text").item(0).getTextContent())
        .startsWith("copy of <a> & b");
    assertThat(page()).contains("![](" + PLOT + ")");
  }

  @Test
  void theJsonHasTheFiguresOfEachTurn() throws Exception {
    results.add("etcd-mirror", Map.of(Measure.RATE, 100.0));
    write(0);
    JsonNode json = new ObjectMapper().readTree(directory.resolve("quick.json").toFile());
    JsonNode rate = json.at("/workloads/0/contestants/0/measures/0");
    assertThat(rate.path("median").asDouble()).isEqualTo(200);
    assertThat(rate.path("turns")).hasSize(2);
    assertThat(json.at("/workloads/0/contestants/1/failures/0").asText()).isEqualTo("it ended");
  }

  @Test
  void copiesOfSeveralSizesShowTheGrowth() throws Exception {
    Results small = new Results("v3 copy, 10,000 keys of 100 bytes");
    Results large = new Results("v3 copy, 1,000,000 keys of 100 bytes");
    for (Results copy : List.of(small, large)) {
      copy.add("etcd-mirror", Map.of(Measure.RATE, 300.0));
      copy.add("peer", Map.of(Measure.RATE, 100.0));
    }
    large.addFailure("broken", "it ended");
    Page.write(report("full", 0, small, large), directory);
    Document svg = parse("full-growth.svg");
    // Two axes, and a line for each contestant with both sizes.
    assertThat(svg.getElementsByTagName("line").getLength()).isEqualTo(4);
    assertThat(svg.getDocumentElement().getTextContent()).contains("10,000", "1,000,000");
  }

  private Document parse(String file) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(directory.resolve(file).toFile());
  }

  @Test
  void replacesThePlotsOfAnEarlierRun() throws Exception {
    Path old = Files.writeString(directory.resolve("quick-gone.svg"), "");
    Path other = Files.writeString(directory.resolve("full-kept.svg"), "");
    write(0);
    assertThat(old).doesNotExist();
    assertThat(other).exists();
  }

  @Test
  void keepsTheWorkloadsOfAnEarlierRunThatAreNotMeasuredAnew() throws Exception {
    Results verify = new Results("verify");
    verify.add("etcd-mirror", Map.of(Measure.TIME, 2.0));
    Results gone = new Results("no longer in the suite");
    gone.add("etcd-mirror", Map.of(Measure.TIME, 3.0));
    Page.write(report("quick", 1_000, verify, gone, results), directory);
    Results again = new Results(results.workload());
    again.add("etcd-mirror", Map.of(Measure.RATE, 400.0));
    Report news = report("quick", 0, again);
    List<String> suite = List.of(results.workload(), "verify", "never measured");

    Page.write(news.over(JsonReport.read("quick", directory), suite), directory);

    assertThat(JsonReport.read("quick", directory).results())
        .extracting(Results::workload)
        .containsExactly(results.workload(), "verify");
    assertThat(page())
        .contains("| rate, 1/s | 400 |", "| time, s | 2.00 |", "(load 1,000)")
        .doesNotContain("300", "no longer");
  }

  @Test
  void whatIsReadIsWhatWasWritten() throws Exception {
    results.add("etcd-mirror", Map.of(Measure.RATE, 100.0, Measure.PEAK, 64.5));
    write(0.5);
    String written = Files.readString(directory.resolve("quick.json"));
    assertThat(JsonReport.of(JsonReport.read("quick", directory))).isEqualTo(written);
    assertThat(JsonReport.read("full", directory).measured()).isEmpty();
  }
}
