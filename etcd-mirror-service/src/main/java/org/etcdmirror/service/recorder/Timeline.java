package org.etcdmirror.service.recorder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.StringJoiner;
import org.etcdmirror.service.log.OneLine;

/** A dump for a person: one line for each entry, of the time, the event and its details. */
public final class Timeline {

  private Timeline() {}

  /** Formats a dump. */
  public static String of(Dump dump) {
    StringJoiner lines = new StringJoiner(System.lineSeparator());
    JsonNode head = dump.head();
    JsonNode status = head.path("status");
    lines.add(
        safe(
            "link %s, %s at %s: %s, index %s of %s"
                .formatted(
                    text(head, "link"),
                    text(head, "cause"),
                    text(head, "time"),
                    text(status, "state"),
                    text(status, "index"),
                    text(status, "sourceIndex"))));
    for (JsonNode event : dump.events()) {
      lines.add(
          safe(
              "%-24s  %-11s %s"
                  .formatted(text(event, "time"), text(event, "event"), details(event))));
    }
    return lines.toString();
  }

  private static String details(JsonNode event) {
    StringJoiner details = new StringJoiner(" ");
    if (text(event, "event").equals("state")) {
      return details.add(text(event, "before")).add("->").add(text(event, "after")).toString();
    }
    event
        .properties()
        .forEach(detail -> {
          if (!detail.getKey().equals("time") && !detail.getKey().equals("event")) {
            add(details, detail.getKey(), detail.getValue());
          }
        });
    return details.toString();
  }

  private static void add(StringJoiner details, String name, JsonNode value) {
    if (value.isObject()) {
      value.properties().forEach(part -> add(details, name + "." + part.getKey(), part.getValue()));
    } else {
      details.add(name + "=" + value.asText());
    }
  }

  private static String text(JsonNode object, String name) {
    return object.path(name).asText("");
  }

  /** The file may come from anywhere. */
  private static String safe(String line) {
    return OneLine.of(line, " ");
  }
}
