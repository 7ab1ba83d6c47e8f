package org.etcdmirror.pairings.matrix;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was seen, as a table for people and as JSON. */
final class MatrixTable {

  private static final String IMPOSSIBLE = "–";

  /** The header and the line below it. */
  private static final int ROWS_BEHIND = 2;

  /** Behind the empty text before the first bar, the stage and the side. */
  private static final int FIRST_FAULT = 3;

  private MatrixTable() {}

  /** A row for each stage and side, a column for each fault; a table for each API. */
  private static List<String> lines(Map<Cell, String> texts) {
    return Stream.of(Api.values()).flatMap(api -> lines(api, texts).stream()).toList();
  }

  private static List<String> lines(Api api, Map<Cell, String> texts) {
    List<String> lines = new ArrayList<>();
    lines.add(header(api) + line(Stream.of(Fault.values()).map(Fault::toString).toList()));
    lines.add("|---".repeat(2 + Fault.values().length) + "|");
    for (Stage stage : Stage.values()) {
      for (Side side : Side.values()) {
        List<String> row =
            Stream.of(Fault.values())
                .map(fault -> texts.getOrDefault(new Cell(api, stage, side, fault), IMPOSSIBLE))
                .toList();
        if (stage.concerns(api, side)) {
          lines.add("| %s | %s |".formatted(stage, side) + line(row));
        }
      }
    }
    lines.add("");
    return lines;
  }

  private static String header(Api api) {
    return "| %s | side |".formatted(api);
  }

  private static String line(List<String> row) {
    return row.stream().collect(Collectors.joining(" | ", " ", " |"));
  }

  /** The cells of the tables on a page; empty if it has none. */
  static Map<Cell, String> read(List<String> page) {
    Map<Cell, String> texts = new LinkedHashMap<>();
    for (Api api : Api.values()) {
      page.stream()
          .dropWhile(line -> !line.startsWith(header(api)))
          .takeWhile(line -> line.startsWith("|"))
          .skip(ROWS_BEHIND)
          .forEach(line -> texts.putAll(row(api, line)));
    }
    return texts;
  }

  private static Map<Cell, String> row(Api api, String line) {
    String[] columns = line.split("\\|", -1);
    Stage stage = named(Stage.values(), columns[1]);
    Side side = named(Side.values(), columns[2]);
    Map<Cell, String> texts = new LinkedHashMap<>();
    int column = FIRST_FAULT;
    for (Fault fault : Fault.values()) {
      String text = columns[column++].strip();
      if (!text.equals(IMPOSSIBLE)) {
        texts.put(new Cell(api, stage, side, fault), text);
      }
    }
    return texts;
  }

  private static <T> T named(T[] all, String name) {
    return Stream.of(all)
        .filter(one -> one.toString().equals(name.strip()))
        .findFirst()
        .orElseThrow();
  }

  /** Writes {@code fault-matrix.md} and {@code fault-matrix.json}. */
  static void write(Path directory, Map<Cell, Seen> seen) throws IOException {
    Files.createDirectories(directory);
    Map<Cell, String> texts =
        seen.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().text()));
    Files.write(directory.resolve("fault-matrix.md"), lines(texts));
    ObjectMapper json = new ObjectMapper();
    ArrayNode cells = json.createArrayNode();
    seen.values().forEach(one -> cells.add(cell(json.createObjectNode(), one)));
    json.writerWithDefaultPrettyPrinter()
        .writeValue(directory.resolve("fault-matrix.json").toFile(), cells);
  }

  private static ObjectNode cell(ObjectNode node, Seen seen) {
    node.put("api", seen.cell().api().toString())
        .put("stage", seen.cell().stage().toString())
        .put("side", seen.cell().side().toString())
        .put("fault", seen.cell().fault().toString())
        .put("state", seen.state().name())
        .put("call", seen.call())
        .put("recovery", seen.recovery());
    seen.alarms().forEach(node.putArray("alarms")::add);
    seen.messages().forEach(node.putArray("messages")::add);
    return node;
  }
}
