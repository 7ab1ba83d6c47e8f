package org.etcdmirror.kafka.connect.source.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.kafka.connect.config.EtcdSide;
import org.etcdmirror.kafka.connect.source.gap.GapDeletes;
import org.etcdmirror.kafka.connect.source.record.RecordType;

/** Finds what is wrong with settings that are right one by one. Connects to nothing. */
public final class PlanChecks {

  private static final String MAX_REQUEST_SIZE = "producer.override.max.request.size";
  private static final long DEFAULT_MAX_REQUEST_SIZE = 1L << 20;
  private static final String KEY_CONVERTER = "key.converter";
  private static final String VALUE_CONVERTER = "value.converter";
  private static final String TRANSFORMS = "transforms";
  private static final String TOLERANCE = "errors.tolerance";
  private static final String BOUNDARY = "transaction.boundary";
  private static final String NEW_TOPIC_REPLICATION = "topic.creation.default.replication.factor";
  private static final String NEW_TOPIC_BYTES = "topic.creation.default.max.message.bytes";

  /**
   * Something wrong.
   *
   * @param setting its name
   * @param why what is wrong, and what to do
   */
  public record Problem(String setting, String why) {}

  private final SourcePlan plan;
  private final Map<String, String> settings;
  private final List<Problem> problems = new ArrayList<>();

  private PlanChecks(SourcePlan plan) {
    this.plan = plan;
    this.settings = plan.originalsStrings();
  }

  /** What is wrong; empty if nothing is. */
  public static List<Problem> of(SourcePlan plan) {
    PlanChecks checks = new PlanChecks(plan);
    checks.run();
    return List.copyOf(checks.problems);
  }

  private void run() {
    plain(EtcdSide.ADDRESS, () -> plan.etcd().source().close());
    plain(SourcePlan.DELETE_LIMIT, plan::deleteLimit);
    plain(SourcePlan.PREFIXES, this::links);
    size();
    newTopic();
    readBack();
    nothingIsDropped();
    transactions();
  }

  private void plain(String setting, Runnable attempt) {
    try {
      attempt.run();
    } catch (ConfigException | IllegalArgumentException e) {
      add(setting, String.valueOf(e.getMessage()));
    }
  }

  private void add(String setting, String why) {
    problems.add(new Problem(setting, why));
  }

  private void links() {
    for (LinkPlan link : plan.links()) {
      link.scope();
      if (link.topic().equals(plan.heartbeatTopic())) {
        add(
            SourcePlan.HEARTBEAT_TOPIC,
            "topic '%s' is to hold changes and heartbeats: name another topic for one of them"
                .formatted(link.topic()));
      }
    }
    for (int i = 0; i < plan.links().size(); i++) {
      for (LinkPlan other : plan.links().subList(i + 1, plan.links().size())) {
        requireApart(plan.links().get(i), other);
      }
    }
  }

  /** A comparison of one would delete what the other one has written. */
  private void requireApart(LinkPlan one, LinkPlan other) {
    if (!one.topic().equals(other.topic())) {
      return;
    }
    String address = settings.getOrDefault(EtcdSide.ADDRESS, "");
    KeyModel model = address.startsWith("v2") ? KeyModel.PATHS : KeyModel.BYTES;
    for (MirrorScope.Rule rule : one.scope().rules()) {
      for (MirrorScope.Rule next : other.scope().rules()) {
        if (model.covers(rule.target(), next.target())
            || model.covers(next.target(), rule.target())) {
          add(
              SourcePlan.GROUPS,
              "links '%s' and '%s' both write keys that begin with '%s' to topic '%s': name other targets, or another topic for one of them"
                  .formatted(
                      one.link(),
                      other.link(),
                      rule.target().size() > next.target().size() ? rule.target() : next.target(),
                      one.topic()));
          return;
        }
      }
    }
  }

  private void size() {
    long largest = plan.largestRecord();
    String given = settings.get(MAX_REQUEST_SIZE);
    long most;
    try {
      most = given == null ? DEFAULT_MAX_REQUEST_SIZE : Long.parseLong(given.trim());
    } catch (NumberFormatException e) {
      return; // The worker says so.
    }
    if (most < largest) {
      add(
          SourcePlan.LARGEST_RECORD,
          "%s is %d%s, so a record of %d bytes would stop the task: etcd takes values of 1.5 MiB. Set %s=%d, and max.message.bytes of the topic as well; or decrease %s, and larger values are refused by their key"
              .formatted(
                  MAX_REQUEST_SIZE,
                  most,
                  given == null ? " by default" : "",
                  largest,
                  MAX_REQUEST_SIZE,
                  largest,
                  SourcePlan.LARGEST_RECORD));
    }
  }

  /** A topic that is too small shows only when it is there, which may be at the next start. */
  private void newTopic() {
    String given = settings.get(NEW_TOPIC_BYTES);
    long largest = plan.largestRecord();
    if (!isGiven(NEW_TOPIC_REPLICATION)) {
      return; // The worker makes no topic.
    }
    try {
      if (given != null && Long.parseLong(given.trim()) >= largest) {
        return;
      }
    } catch (NumberFormatException e) {
      return; // The brokers say so.
    }
    add(
        SourcePlan.LARGEST_RECORD,
        "%s is %s, so a record of %d bytes would stop the task in a topic that the worker makes: set %s=%d, or decrease %s"
            .formatted(
                NEW_TOPIC_BYTES,
                given == null ? "not set" : given,
                largest,
                NEW_TOPIC_BYTES,
                largest,
                SourcePlan.LARGEST_RECORD));
  }

  private void readBack() {
    RecordType wanted = plan.recordType();
    for (String converter : List.of(KEY_CONVERTER, VALUE_CONVERTER)) {
      String given = settings.get(converter);
      boolean isPlain = given != null && wanted.isPlainConverter(given);
      if (plan.deletesAfterGap() == GapDeletes.READ && !isPlain) {
        add(
            SourcePlan.DELETES_AFTER_GAP,
            "the topic can be read back only if %s of the connector is %s, and it is %s: set it, or set %s to mark or refuse"
                .formatted(
                    converter, wanted.plainConverter(), given, SourcePlan.DELETES_AFTER_GAP));
      } else if (given != null && !isPlain && isPlainOfAnother(given)) {
        add(
            SourcePlan.RECORD_TYPE,
            "%s is %s, which does not fit %s=%s: choose the other type"
                .formatted(converter, given, SourcePlan.RECORD_TYPE, wanted.settingName()));
      }
    }
    if (plan.deletesAfterGap() == GapDeletes.READ) {
      if (isGiven(TRANSFORMS)) {
        add(
            SourcePlan.DELETES_AFTER_GAP,
            "the topic cannot be read back, because the connector has transforms: remove them, or set %s to mark or refuse"
                .formatted(SourcePlan.DELETES_AFTER_GAP));
      }
      plain(
          SourcePlan.READER_BROKERS,
          () -> {
            for (LinkPlan link : plan.links()) {
              var state = plan.topicState(link);
              if (state != null) {
                state.close();
              }
            }
          });
    }
  }

  /** A converter of text writes the address of an array in place of bytes. */
  private static boolean isPlainOfAnother(String converter) {
    for (RecordType type : RecordType.values()) {
      if (type.isPlainConverter(converter)) {
        return true;
      }
    }
    return false;
  }

  private boolean isGiven(String setting) {
    String given = settings.get(setting);
    return given != null && !given.isBlank();
  }

  private void nothingIsDropped() {
    if ("all".equalsIgnoreCase(settings.get(TOLERANCE))) {
      add(
          TOLERANCE,
          "with %s=all the worker would drop changes without a word: remove it"
              .formatted(TOLERANCE));
    }
  }

  private void transactions() {
    if ("interval".equalsIgnoreCase(settings.get(BOUNDARY))) {
      add(
          BOUNDARY,
          "with %s=interval each batch would wait for the interval to end: set it to poll, the default"
              .formatted(BOUNDARY));
    }
  }
}
