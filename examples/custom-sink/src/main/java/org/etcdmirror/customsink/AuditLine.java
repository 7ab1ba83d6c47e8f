package org.etcdmirror.customsink;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.time.Instant;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.jspecify.annotations.Nullable;

/**
 * One event as it stands in the file. Of a value only the length: it may be a secret, and a short
 * secret can be guessed from its hash.
 *
 * @param time when it was written, by this machine's clock
 * @param index the index of the change in the source
 * @param action put, delete, delete-tree or refresh
 * @param key the key, or the top of the tree; in hexadecimal behind 0x if it is not UTF-8
 * @param length the value's number of bytes; of a put only
 * @param expiresAt when the key goes by itself, if it does
 * @param event the number of this line in its batch, from 1
 * @param of how many lines the batch has
 */
@JsonPropertyOrder({"time", "index", "action", "key", "length", "expiresAt", "event", "of"})
@JsonInclude(JsonInclude.Include.NON_NULL)
record AuditLine(
    String time,
    long index,
    String action,
    String key,
    @Nullable Integer length,
    @Nullable String expiresAt,
    int event,
    int of) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectReader READER = JSON.readerFor(AuditLine.class);

  /** Refuses what this sink does not write. */
  AuditLine {
    requireNonNull(time, "time");
    requireNonNull(action, "action");
    requireNonNull(key, "key");
    if (event < 1 || event > of) {
      throw new IllegalArgumentException("there is no event %d of %d".formatted(event, of));
    }
  }

  static AuditLine of(MirrorEvent event) {
    Expiry expiresAt =
        event instanceof Entry entry
            ? entry.expiresAt()
            : event instanceof Refresh refresh ? refresh.expiresAt() : null;
    return new AuditLine(
        Instant.now().toString(),
        event.index(),
        action(event),
        event.key().textOrHex(),
        event instanceof Put put ? put.value().size() : null,
        expiresAt == null ? null : expiresAt.instant().toString(),
        1,
        1);
  }

  private static String action(MirrorEvent event) {
    if (event instanceof Put) {
      return "put";
    } else if (event instanceof Delete) {
      return "delete";
    } else if (event instanceof DeleteTree) {
      return "delete-tree";
    } else if (event instanceof Refresh) {
      return "refresh";
    }
    // A kind that is not known must never be passed over.
    throw new IllegalArgumentException("a sink of plain keys cannot take " + event);
  }

  /** The same line at its place in a batch. */
  AuditLine at(int number, int count) {
    return new AuditLine(time, index, action, key, length, expiresAt, number, count);
  }

  /**
   * The same for the same event, whenever it is written. Only a refresh may come several times at
   * one index; what its expiry is on the wall clock may change, and then it is written again.
   */
  String identity() {
    String which = action.equals("refresh") ? " " + expiresAt : "";
    return index + " " + action + which + " " + key;
  }

  /** Whether all lines of its batch are before it. */
  @JsonIgnore
  boolean isLast() {
    return event == of;
  }

  /** As JSON, with the newline that makes it whole. */
  String text() {
    try {
      return JSON.writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a line of text and numbers is always JSON", e);
    }
  }

  /** Reads a line without its newline. */
  static AuditLine parse(String text) throws IOException {
    return READER.readValue(text);
  }
}
