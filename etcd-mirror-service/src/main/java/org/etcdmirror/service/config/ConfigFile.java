package org.etcdmirror.service.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.etcdmirror.service.log.OneLine;
import org.jspecify.annotations.Nullable;

/** A configuration file: a YAML mapping with the long options as keys. */
final class ConfigFile {

  private static final Set<String> TEXTS =
      Stream.concat(
              Stream.of(
                  "source",
                  "sink",
                  "recovery",
                  "ttl",
                  "unsupported-entries",
                  "catch-up",
                  "hold-age",
                  "verify-every",
                  "verify-action",
                  "index-store",
                  "checkpoint-key",
                  "link",
                  "http",
                  "plugins"),
              AccessOption.NAMES.stream()
                  .flatMap(name -> Stream.of("source-" + name, "sink-" + name)))
          .collect(Collectors.toUnmodifiableSet());
  private static final Set<String> LISTS =
      Set.of("prefix", "exclude", "exclude-prefix", "former-prefix");
  private static final Set<String> NUMBERS_OR_TEXTS =
      Set.of("max-deletes", "hold-events", "verify-rate");

  private static final Set<String> FLAGS = Set.of("require-empty");

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;

  private ConfigFile(Path file) {
    this.file = file;
  }

  /**
   * The values in a file.
   *
   * @throws UsageException if it cannot be read, or holds anything that is not an option
   */
  static Map<String, List<Given>> read(Path file) {
    return new ConfigFile(file).read();
  }

  private Map<String, List<Given>> read() {
    JsonNode root = parse();
    Map<String, List<Given>> values = new LinkedHashMap<>();
    if (root.isMissingNode() || root.isNull()) {
      return values;
    }
    if (!root.isObject()) {
      throw wrong("it must be a mapping of option names to values", null);
    }
    root.properties()
        .forEach(entry -> values.put(entry.getKey(), values(entry.getKey(), entry.getValue())));
    return values;
  }

  private JsonNode parse() {
    try {
      return YAML.readTree(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw wrong("there is no such file", e);
    } catch (JsonProcessingException e) {
      throw wrong(
          "line %d is not YAML, or repeats a key: %s"
              .formatted(
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  OneLine.of(e.getOriginalMessage(), " ")),
          e);
    } catch (IOException e) {
      throw wrong("it cannot be read: " + e, e);
    }
  }

  private List<Given> values(String key, JsonNode value) {
    if (LISTS.contains(key)) {
      return list(key, value);
    }
    if (NUMBERS_OR_TEXTS.contains(key) && value.isIntegralNumber()) {
      return List.of(new Given(key, value.asText(), file));
    }
    if (FLAGS.contains(key)) {
      return flag(key, value);
    }
    if (!TEXTS.contains(key) && !NUMBERS_OR_TEXTS.contains(key)) {
      Set<String> known = new TreeSet<>(TEXTS);
      known.addAll(LISTS);
      known.addAll(NUMBERS_OR_TEXTS);
      known.addAll(FLAGS);
      throw wrong("unknown key '%s'; known are %s".formatted(key, String.join(", ", known)), null);
    }
    return List.of(text(key, value));
  }

  private List<Given> list(String key, JsonNode value) {
    if (!value.isArray()) {
      return List.of(text(key, value));
    }
    List<Given> values = new ArrayList<>();
    value.forEach(element -> values.add(text(key, element)));
    return values;
  }

  private List<Given> flag(String key, JsonNode value) {
    Given given = new Given(key, value.asText(), file);
    if (!value.isBoolean()) {
      throw given.wrong("it must be true or false, but it is " + value);
    }
    return value.asBoolean() ? List.of(given) : List.of();
  }

  private Given text(String key, JsonNode value) {
    Given given = new Given(key, value.asText(), file);
    if (!value.isTextual()) {
      throw given.wrong(
          "it must be text%s, but it is %s"
              .formatted(
                  LISTS.contains(key) ? " or a list of texts" : "",
                  value.isNull() ? "empty" : value.toString()));
    }
    return given;
  }

  private UsageException wrong(String why, @Nullable Throwable cause) {
    return new UsageException("--config " + file + ": " + why, cause);
  }
}
