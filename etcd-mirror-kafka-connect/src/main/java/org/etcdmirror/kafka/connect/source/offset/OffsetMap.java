package org.etcdmirror.kafka.connect.source.offset;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LinkOffset} as the map that the worker stores.
 *
 * <p>The map of the partition has one entry. Its text is the key by which the worker finds an
 * offset, and the order of several entries would change with the JVM.
 */
public final class OffsetMap {

  private static final String LINK = "link";

  private static final String INDEX = "index";
  private static final String LEVEL = "level";
  private static final String CLUSTER = "cluster";
  private static final String SCOPE = "scope";
  private static final String SAVED = "saved";
  private static final String APPLYING = "applying";
  private static final String WRITER = "writer";
  private static final String SAVE = "save";
  private static final String MISSING = "deletes_missing_since";
  private static final String COPIED = "copied_through";
  private static final String NOTE = "note.";
  private static final Set<String> NAMES =
      Set.of(INDEX, LEVEL, CLUSTER, SCOPE, SAVED, APPLYING, WRITER, SAVE, MISSING, COPIED);

  private OffsetMap() {}

  /** The partition of a link. */
  public static Map<String, String> partition(String link) {
    return Map.of(LINK, link);
  }

  /**
   * The link of a partition.
   *
   * @throws PermanentException if it is not of this connector
   */
  public static String link(Map<String, ?> partition) {
    if (partition.size() != 1 || !(partition.get(LINK) instanceof String link)) {
      throw new PermanentException(
          "the partition %s is not one of this connector: write {\"link\": \"NAME\"}"
              .formatted(partition));
    }
    return link;
  }

  /** The map of an offset, in the order of its names. */
  public static Map<String, Object> encode(LinkOffset offset) {
    Checkpoint checkpoint = offset.checkpoint();
    Map<String, Object> map = new TreeMap<>();
    map.put(INDEX, checkpoint.index());
    map.put(LEVEL, offset.isLevel());
    put(map, CLUSTER, checkpoint.clusterId());
    put(map, SCOPE, checkpoint.scope());
    map.put(SAVED, checkpoint.savedAt().toString());
    put(map, APPLYING, checkpoint.applying() == 0 ? null : checkpoint.applying());
    map.put(WRITER, offset.writer());
    map.put(SAVE, offset.save());
    put(map, MISSING, offset.deletesMissingSince() == 0 ? null : offset.deletesMissingSince());
    put(map, COPIED, offset.copiedThrough());
    checkpoint.notes().forEach((name, value) -> map.put(NOTE + name, value));
    return map;
  }

  private static void put(Map<String, Object> map, String name, @Nullable Object value) {
    if (value != null) {
      map.put(name, value);
    }
  }

  /**
   * Reads what {@link #encode} made, or a person wrote: the index alone is enough then.
   *
   * @throws PermanentException if it is something else
   */
  public static LinkOffset decode(String link, Map<String, ?> map) {
    Map<String, String> notes = new TreeMap<>();
    for (Map.Entry<String, ?> entry : map.entrySet()) {
      if (entry.getKey().startsWith(NOTE)) {
        notes.put(entry.getKey().substring(NOTE.length()), text(link, map, entry.getKey(), ""));
      } else if (!NAMES.contains(entry.getKey())) {
        throw wrong(link, entry.getKey(), entry.getValue(), "no offset has such a field", null);
      }
    }
    if (!map.containsKey(INDEX)) {
      throw wrong(link, INDEX, null, "each offset has an index", null);
    }
    LinkOffset offset;
    try {
      Checkpoint checkpoint =
          new Checkpoint(
              number(link, map, INDEX),
              textOrNull(link, map, CLUSTER),
              textOrNull(link, map, SCOPE),
              Instant.parse(text(link, map, SAVED, Instant.EPOCH.toString())),
              number(link, map, APPLYING),
              notes);
      offset =
          new LinkOffset(
              checkpoint,
              text(link, map, WRITER, ""),
              number(link, map, SAVE),
              number(link, map, MISSING),
              textOrNull(link, map, COPIED));
    } catch (DateTimeException e) {
      throw wrong(link, SAVED, map.get(SAVED), "write a time such as 2026-01-31T12:00:00Z", e);
    } catch (IllegalArgumentException e) {
      throw wrong(link, INDEX, map.get(INDEX), String.valueOf(e.getMessage()), e);
    }
    Object level = map.get(LEVEL);
    if (level != null && !level.equals(offset.isLevel())) {
      throw wrong(link, LEVEL, level, "the notes decide it: leave it out", null);
    }
    return offset;
  }

  private static String text(String link, Map<String, ?> map, String name, String byDefault) {
    String text = textOrNull(link, map, name);
    return text == null ? byDefault : text;
  }

  private static @Nullable String textOrNull(String link, Map<String, ?> map, String name) {
    Object value = map.get(name);
    if (value != null && !(value instanceof String)) {
      throw wrong(link, name, value, "write a text", null);
    }
    return (String) value;
  }

  /** A converter may have made another kind of number of it. */
  private static long number(String link, Map<String, ?> map, String name) {
    Object value = map.get(name);
    if (value == null) {
      return 0;
    }
    if (!(value instanceof Long || value instanceof Integer)) {
      throw wrong(link, name, value, "write a whole number", null);
    }
    return ((Number) value).longValue();
  }

  private static PermanentException wrong(
      String link, String name, @Nullable Object value, String why, @Nullable Exception cause) {
    return new PermanentException(
        "link '%s': the offset's field '%s' is '%s': %s; correct the offset, or reset it for a first copy"
            .formatted(link, name, value, why),
        cause);
  }
}
