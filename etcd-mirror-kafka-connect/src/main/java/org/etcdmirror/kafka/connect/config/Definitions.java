package org.etcdmirror.kafka.connect.config;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/**
 * Collects the definitions of a connector's settings, a group after the other. Not safe for use by
 * several threads.
 */
public final class Definitions {

  private final ConfigDef definitions = new ConfigDef();
  private String group = "";
  private int order;

  /** What is defined from here on belongs to this group. */
  public Definitions group(String name) {
    group = requireNonNull(name, "name");
    order = 0;
    return this;
  }

  /** A setting that must be given. */
  public Definitions required(String name, ConfigDef.Type type, String display, String text) {
    return add(name, type, ConfigDef.NO_DEFAULT_VALUE, Importance.HIGH, display, text, null);
  }

  /** A setting that may be left out. */
  public Definitions optional(
      String name, ConfigDef.Type type, @Nullable Object byDefault, String display, String text) {
    return add(name, type, byDefault, Importance.MEDIUM, display, text, null);
  }

  /** A setting that is one of these values. */
  public Definitions oneOf(
      String name, List<String> values, String byDefault, String display, String text) {
    return add(
        name,
        ConfigDef.Type.STRING,
        byDefault,
        Importance.MEDIUM,
        display,
        text,
        new Recommended(List.copyOf(values), given -> true));
  }

  /** A setting that has a meaning only if the others are so. */
  public Definitions onlyIf(
      Predicate<Map<String, Object>> others, String name, String display, String text) {
    return add(
        name,
        ConfigDef.Type.STRING,
        null,
        Importance.MEDIUM,
        display,
        text,
        new Recommended(List.of(), others));
  }

  private Definitions add(
      String name,
      ConfigDef.Type type,
      @Nullable Object byDefault,
      Importance importance,
      String display,
      String text,
      @Nullable Recommended recommended) {
    List<String> choices = recommended == null ? List.of() : recommended.values();
    definitions.define(
        name,
        type,
        byDefault,
        choices.isEmpty() ? null : ValidString.in(choices.toArray(String[]::new)),
        importance,
        text,
        group,
        ++order,
        Width.LONG,
        display,
        recommended);
    return this;
  }

  /** All of them. */
  public ConfigDef all() {
    return definitions;
  }

  /** What a user interface offers. */
  private record Recommended(List<String> values, Predicate<Map<String, Object>> isVisible)
      implements ConfigDef.Recommender {

    @Override
    public List<Object> validValues(String name, Map<String, Object> others) {
      return List.copyOf(values);
    }

    @Override
    public boolean visible(String name, Map<String, Object> others) {
      return isVisible.test(others);
    }
  }
}
