package org.etcdmirror.kafka.connect.source.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.kafka.connect.config.Definitions;
import org.etcdmirror.kafka.connect.config.EtcdSide;
import org.etcdmirror.kafka.connect.source.gap.GapDeletes;
import org.etcdmirror.kafka.connect.source.gap.ReaderSettings;
import org.etcdmirror.kafka.connect.source.gap.TopicState;
import org.etcdmirror.kafka.connect.source.record.RecordType;
import org.jspecify.annotations.Nullable;

/** The settings of a source connector, and the links they mean. Immutable. */
public final class SourcePlan extends AbstractConfig {

  /** The name of the connector, which the worker gives. */
  public static final String NAME = "name";

  static final String LINK = "link";
  static final String PREFIXES = "prefixes";
  static final String EXCLUDE_PREFIXES = "exclude.prefixes";
  static final String GROUPS = "groups";
  static final String GROUP = "group.";
  static final String TOPIC = "topic";
  static final String HEARTBEAT_TOPIC = "heartbeat.topic";
  static final String RECORD_TYPE = "record.type";
  static final String LARGEST_RECORD = "largest.record.bytes";
  static final String DELETES_AFTER_GAP = "deletes.after.gap";
  static final String READER = "reader.";
  static final String READER_BROKERS = READER + "bootstrap.servers";
  static final String READER_FILE = READER + "settings.file";
  static final String DELETE_LIMIT = "delete.limit";
  static final String GAPS = "gaps";
  static final String UNSUPPORTED = "unsupported.entries";

  /** etcd takes requests of 1.5 MiB by default, and a record has headers besides. */
  static final long DEFAULT_LARGEST = 2L << 20;

  static final String FAIL = "fail";

  private static final ConfigDef ALL = define();

  /** Reads the settings. Names of other programs are left alone. */
  public SourcePlan(Map<String, String> settings) {
    super(ALL, settings, false);
  }

  private static ConfigDef define() {
    return moreAboutGaps(topics(keys(EtcdSide.define(new Definitions())))).all();
  }

  private static Definitions keys(Definitions to) {
    return to.group("keys")
        .optional(
            PREFIXES,
            ConfigDef.Type.LIST,
            List.of(),
            "Prefixes",
            "The prefixes to follow: PREFIX, or PREFIX=TARGET for keys of another name. Of v3 a"
                + " prefix is bytes, of v2 a path.")
        .optional(
            EXCLUDE_PREFIXES,
            ConfigDef.Type.LIST,
            List.of(),
            "Excluded prefixes",
            "What is left out, by its name in etcd.")
        .optional(
            GROUPS,
            ConfigDef.Type.LIST,
            List.of(),
            "Groups",
            "Names of groups of prefixes, in place of 'prefixes'. Each is a link with an offset of"
                + " its own, so that several tasks share them: group.NAME.prefixes, and"
                + " group.NAME.topic if it is another one.")
        .optional(
            LINK,
            ConfigDef.Type.STRING,
            null,
            "Link",
            "The name of the link, under which the offset is stored. The connector's name by"
                + " default. Under another name the connector begins with a first copy.");
  }

  private static Definitions topics(Definitions to) {
    return to.group("topics")
        .required(
            TOPIC,
            ConfigDef.Type.STRING,
            "Topic",
            "Where changes go. It should be compacted, and take values of 1.5 MiB:"
                + " cleanup.policy=compact, max.message.bytes=2097152.")
        .optional(
            HEARTBEAT_TOPIC,
            ConfigDef.Type.STRING,
            null,
            "Heartbeat topic",
            "Where the connector says how far it is while no key changes. Only so the worker stores"
                + " the offset of a quiet prefix. The topic's name with '.heartbeat' by default.")
        .oneOf(
            RECORD_TYPE,
            RecordType.names(),
            RecordType.BYTES.settingName(),
            "Record type",
            "What keys and values are to the converters: 'bytes' for ByteArrayConverter, 'text' for"
                + " StringConverter and others. Heartbeats are the same.")
        .optional(
            LARGEST_RECORD,
            ConfigDef.Type.LONG,
            DEFAULT_LARGEST,
            "Largest record",
            "The most bytes of a record. A larger value is refused by its key. It must not exceed"
                + " producer.override.max.request.size and the topic's max.message.bytes.")
        .oneOf(
            UNSUPPORTED,
            List.of(FAIL, "skip"),
            FAIL,
            "Unsupported entries",
            "What happens to an entry that no record can hold: the task fails, or it is left out.");
  }

  private static Definitions moreAboutGaps(Definitions to) {
    return to.group("gaps")
        .oneOf(
            GAPS,
            List.of("resync", FAIL),
            "resync",
            "Gaps",
            "What happens if etcd no longer has the events after the offset: the source is read and"
                + " compared, or the task fails.")
        .oneOf(
            DELETES_AFTER_GAP,
            GapDeletes.names(),
            GapDeletes.REFUSE.settingName(),
            "Deletes after a gap",
            "'read' reads the topic back, so that deletes are written that no event told. It needs"
                + " reader.bootstrap.servers, and plain converters without transforms. 'mark' goes"
                + " on without them and says so in offset and heartbeats. 'refuse' lets the task"
                + " fail.")
        .onlyIf(
            SourcePlan::isRead,
            READER_BROKERS,
            "Brokers of the reader",
            "HOST:PORT, separated by commas: the brokers that hold the topic. Other settings of"
                + " Kafka's clients go behind 'reader.' as well.")
        .onlyIf(
            SourcePlan::isRead,
            READER_FILE,
            "Settings file of the reader",
            "A properties file with settings of Kafka's clients, such as passwords.")
        .onlyIf(
            SourcePlan::isRead,
            DELETE_LIMIT,
            "Delete limit",
            "How many keys a comparison may delete: 500 or 25%. By default 100 keys or 10 percent,"
                + " and none in a first copy. Above it the task fails.");
  }

  private static boolean isRead(Map<String, Object> settings) {
    return GapDeletes.READ.settingName().equals(settings.get(DELETES_AFTER_GAP));
  }

  /** The definitions. */
  public static ConfigDef definitions() {
    return ALL;
  }

  /** Where etcd is. */
  public EtcdSide etcd() {
    return EtcdSide.of(this);
  }

  /**
   * The links, in the order of their groups.
   *
   * @throws ConfigException if there is none, or two are the same
   */
  public List<LinkPlan> links() {
    List<String> groups = getList(GROUPS);
    List<String> prefixes = getList(PREFIXES);
    if (groups.isEmpty() == prefixes.isEmpty()) {
      throw new ConfigException(
          PREFIXES, prefixes, "give '%s' or '%s', one of both".formatted(PREFIXES, GROUPS));
    }
    if (groups.isEmpty()) {
      return List.of(new LinkPlan(name(), prefixes, excludes(), getString(TOPIC)));
    }
    List<LinkPlan> links = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String group : groups) {
      if (!seen.add(group)) {
        throw new ConfigException(GROUPS, groups, "group '%s' is named twice".formatted(group));
      }
      links.add(group(group));
    }
    return List.copyOf(links);
  }

  private LinkPlan group(String group) {
    String setting = GROUP + group + ".prefixes";
    String given = originalsStrings().get(setting);
    if (given == null || given.isBlank()) {
      throw new ConfigException(setting, given, "name the prefixes of the group");
    }
    List<String> prefixes = Arrays.stream(given.split(",", -1)).map(String::strip).toList();
    String topic = originalsStrings().getOrDefault(GROUP + group + ".topic", getString(TOPIC));
    return new LinkPlan(name() + "." + group, prefixes, excludes(), topic);
  }

  private List<String> excludes() {
    return getList(EXCLUDE_PREFIXES);
  }

  private String name() {
    String link = getString(LINK);
    return link == null ? originalsStrings().getOrDefault(NAME, "etcd") : link;
  }

  /** Where heartbeats go. */
  public String heartbeatTopic() {
    String topic = getString(HEARTBEAT_TOPIC);
    return topic == null ? getString(TOPIC) + ".heartbeat" : topic;
  }

  /** What keys and values are to the converters. */
  public RecordType recordType() {
    return RecordType.of(getString(RECORD_TYPE));
  }

  /** The most bytes of a record. */
  public long largestRecord() {
    return getLong(LARGEST_RECORD);
  }

  /** Where deletes come from after a gap. */
  public GapDeletes deletesAfterGap() {
    return GapDeletes.of(getString(DELETES_AFTER_GAP));
  }

  /** Whether a gap lets the task fail. */
  public boolean failsOnGap() {
    return FAIL.equals(getString(GAPS));
  }

  /** Whether an entry that no record can hold is left out. */
  public boolean skipsUnsupported() {
    return !FAIL.equals(getString(UNSUPPORTED));
  }

  /**
   * How much a comparison may delete; null for the default.
   *
   * @throws ConfigException if it is no limit
   */
  public @Nullable DeleteLimit deleteLimit() {
    String text = getString(DELETE_LIMIT);
    try {
      return text == null ? null : DeleteLimit.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(DELETE_LIMIT, text, e.getMessage());
    }
  }

  /**
   * Reads the topic of a link; null if it is not to be read.
   *
   * @throws ConfigException if the settings of the reader are wrong
   */
  public @Nullable TopicState topicState(LinkPlan link) {
    ReaderSettings settings = reader();
    try {
      return settings == null ? null : new TopicState(link.topic(), settings);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "the settings behind '%s' are wrong: %s".formatted(READER, e.getMessage()));
    }
  }

  /**
   * How to connect to the brokers that hold the topics; null if these are not to be read.
   *
   * @throws ConfigException if no broker is named
   */
  @Nullable ReaderSettings reader() {
    if (deletesAfterGap() != GapDeletes.READ) {
      return null;
    }
    String brokers = getString(READER_BROKERS);
    if (brokers == null) {
      throw new ConfigException(
          "%s is missing: name the brokers, or set %s to mark or refuse"
              .formatted(READER_BROKERS, DELETES_AFTER_GAP));
    }
    String file = getString(READER_FILE);
    return new ReaderSettings(brokers, file == null ? null : Path.of(file), readerSettings());
  }

  private Map<String, String> readerSettings() {
    Map<String, String> settings = new TreeMap<>();
    originalsStrings()
        .forEach((name, value) -> {
          if (name.startsWith(READER)
              && !name.equals(READER_BROKERS)
              && !name.equals(READER_FILE)) {
            settings.put(name.substring(READER.length()), value);
          }
        });
    return settings;
  }

  /** Whether the worker is told to write exactly once, or not to start the connector. */
  public boolean isExactlyOnce() {
    return "required".equals(originalsStrings().get("exactly.once.support"));
  }
}
