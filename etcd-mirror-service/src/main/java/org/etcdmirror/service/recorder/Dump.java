package org.etcdmirror.service.recorder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.service.config.ServiceException;
import org.etcdmirror.service.report.Json;

/**
 * What a dump holds: lines of JSON, of which the first names the format and has the status.
 *
 * @param head the first line
 * @param events the entries of the recorder, the oldest first
 */
public record Dump(JsonNode head, List<JsonNode> events) {

  /** The property of the first line that says how to read the others. */
  private static final String FORMAT = "etcdMirrorDump";

  private static final int VERSION = 1;

  /** Far above what a recorder holds. */
  private static final long MOST_BYTES = 64L << 20;

  private static final JsonMapper JSON = new JsonMapper();

  /** Copies the list. */
  public Dump {
    events = List.copyOf(events);
  }

  /** The lines of a dump that is written now. */
  static List<String> lines(MirrorStatus status, DumpCause cause, List<String> events)
      throws JsonProcessingException {
    ObjectNode head = JSON.createObjectNode();
    head.put(FORMAT, VERSION);
    head.put("link", status.link());
    head.put("time", Instant.now().toString());
    head.put("cause", cause.word());
    head.set("status", JSON.readTree(Json.of(status)));
    List<String> lines = new ArrayList<>();
    lines.add(JSON.writeValueAsString(head));
    lines.addAll(events);
    return lines;
  }

  /**
   * Reads a dump.
   *
   * @throws ServiceException if it is none, or damaged
   */
  public static Dump read(Path file) {
    List<JsonNode> lines = new ArrayList<>();
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new ServiceException("%s is no dump: it has more than 64 MiB".formatted(file));
      }
      for (String line : Files.readAllLines(file)) {
        lines.add(JSON.readTree(line));
      }
    } catch (JsonProcessingException | MalformedInputException e) {
      throw new ServiceException(
          "%s: line %d is no JSON; is it a dump?".formatted(file, lines.size() + 1), e);
    } catch (IOException e) {
      throw new ServiceException("cannot read the dump %s: %s".formatted(file, e), e);
    }
    int version = lines.isEmpty() ? 0 : lines.get(0).path(FORMAT).asInt();
    if (version != VERSION) {
      throw new ServiceException(
          version == 0
              ? "%s is no dump of etcd-mirror".formatted(file)
              : "%s has format %d of dumps; this program reads format %d"
                  .formatted(file, version, VERSION));
    }
    return new Dump(lines.get(0), lines.subList(1, lines.size()));
  }

  /** The whole as one JSON object: the first line, and the entries as {@code events}. */
  public String json() {
    ObjectNode whole = head.deepCopy();
    whole.putArray("events").addAll(events);
    return whole.toString();
  }
}
