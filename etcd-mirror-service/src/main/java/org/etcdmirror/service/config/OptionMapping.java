package org.etcdmirror.service.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads a mapping of a configuration file whose keys are the long options. */
final class OptionMapping {

  private final String place;
  private final String otherKey;
  private final Predicate<LinkOption> known;
  private final Map<LinkOption, List<Given>> values = new EnumMap<>(LinkOption.class);

  private OptionMapping(String place, String otherKey, Predicate<LinkOption> known) {
    this.place = place;
    this.otherKey = otherKey;
    this.known = known;
  }

  /**
   * Reads the options of a mapping.
   *
   * @param place where it stands, as an error names it
   * @param otherKey a key that is no option, which is left out
   * @param known the options that may stand here
   * @throws UsageException if it holds anything else
   */
  static Map<LinkOption, List<Given>> read(
      String place, JsonNode mapping, String otherKey, Predicate<LinkOption> known) {
    OptionMapping options = new OptionMapping(place, otherKey, known);
    mapping.properties().stream()
        .filter(entry -> !entry.getKey().equals(otherKey))
        .forEach(entry -> options.put(entry.getKey(), entry.getValue()));
    return options.values;
  }

  private void put(String key, JsonNode value) {
    LinkOption option =
        LinkOption.of(key)
            .filter(known)
            .orElseThrow(() ->
                new UsageException(
                    "%s: unknown key '%s'; known are %s".formatted(place, key, keys())));
    List<Given> given =
        switch (option.kind()) {
          case TEXT -> List.of(text(key, value, ""));
          case NUMBER ->
              List.of(value.isIntegralNumber() ? given(key, value) : text(key, value, ""));
          case LIST -> list(key, value);
          case FLAG -> flag(key, value);
        };
    // Also a flag that is false and an empty list, because they win over what is inherited.
    values.put(option, given);
  }

  private String keys() {
    TreeSet<String> keys = new TreeSet<>();
    keys.add(otherKey);
    Arrays.stream(LinkOption.values()).filter(known).map(LinkOption::key).forEach(keys::add);
    return String.join(", ", keys);
  }

  private Given given(String key, JsonNode value) {
    return new Given(key, value.asText(), place + ": " + key);
  }

  private List<Given> list(String key, JsonNode value) {
    String or = " or a list of texts";
    if (!value.isArray()) {
      return List.of(text(key, value, or));
    }
    List<Given> texts = new ArrayList<>();
    value.forEach(element -> texts.add(text(key, element, or)));
    return texts;
  }

  private List<Given> flag(String key, JsonNode value) {
    Given given = given(key, value);
    if (!value.isBoolean()) {
      throw given.wrong("it must be true or false, but it is " + value);
    }
    return value.asBoolean() ? List.of(given) : List.of();
  }

  private Given text(String key, JsonNode value, String or) {
    Given given = given(key, value);
    if (!value.isTextual()) {
      throw given.wrong("it must be text%s, but it is %s".formatted(or, shown(value)));
    }
    return given;
  }

  /** Describes a value that is no text. */
  static String shown(@Nullable JsonNode value) {
    return value == null || value.isNull() ? "empty" : value.toString();
  }
}
