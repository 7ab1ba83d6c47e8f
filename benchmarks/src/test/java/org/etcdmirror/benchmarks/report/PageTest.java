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
    Machine machine = new Machine("2 x fast", "8 GiB", "Linux", "17", "3.4.23", load);
    Page.write(
        new Report("quick", 3, Instant.EPOCH, "abc123", machine, List.of(results)), directory);
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
    Machine machine = new Machine("2 x fast", "8 GiB", "Linux", "17", "3.4.23", 0);
    Page.write(
        new Report("full", 5, Instant.EPOCH, "abc123", machine, List.of(small, large)), directory);
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
}
