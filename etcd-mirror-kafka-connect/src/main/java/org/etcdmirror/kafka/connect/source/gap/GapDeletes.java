package org.etcdmirror.kafka.connect.source.gap;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Where deletes come from that happened while the source was not followed. */
public enum GapDeletes {
  /** The topic is read back and compared with the source. */
  READ,
  /** They are missing. The offset and each heartbeat say so from then on. */
  MARK,
  /** They would be missing, so the task fails. */
  REFUSE;

  /** The names for the settings. */
  public static List<String> names() {
    return Arrays.stream(values()).map(GapDeletes::settingName).toList();
  }

  /** The value of a name. */
  public static GapDeletes of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** The name for the settings. */
  public String settingName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
