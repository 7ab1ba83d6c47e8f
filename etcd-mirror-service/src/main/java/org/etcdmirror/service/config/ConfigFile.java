package org.etcdmirror.service.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.etcdmirror.service.log.OneLine;
import org.jspecify.annotations.Nullable;

/** Reads a configuration file: a YAML mapping whose keys are the long options. */
final class ConfigFile {

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final int MOST_BYTES = 1 << 20;

  private final Path file;

  private ConfigFile(Path file) {
    this.file = file;
  }

  /**
   * Reads the values of a file.
   *
   * @throws UsageException if it cannot be read, or holds anything that is not an option
   */
  static Map<LinkOption, List<Given>> read(Path file) {
    return new ConfigFile(file).read();
  }

  private Map<LinkOption, List<Given>> read() {
    JsonNode root = parse();
    Map<LinkOption, List<Given>> values = new EnumMap<>(LinkOption.class);
    if (root.isMissingNode() || root.isNull()) {
      return values;
    }
    if (!root.isObject()) {
      throw wrong("it must be a mapping of option names to values", null);
    }
    root.properties().forEach(entry -> put(values, entry.getKey(), entry.getValue()));
    return values;
  }

  private JsonNode parse() {
    try {
      return YAML.readTree(content());
    } catch (NoSuchFileException e) {
      throw wrong("there is no such file", e);
    } catch (JsonProcessingException e) {
      throw wrong(
          "line %d is not YAML, or repeats a key: %s"
              .formatted(
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  OneLine.of(e.getOriginalMessage(), " ")),
          e);
    } catch (CharacterCodingException e) {
      throw wrong("it is not UTF-8", e);
    } catch (IOException e) {
      throw wrong("it cannot be read: " + e, e);
    }
  }

  /** A file such as {@code /dev/zero} has no end. */
  private String content() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw wrong("it is larger than 1 MiB", null);
      }
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    }
  }

  private void put(Map<LinkOption, List<Given>> values, String key, JsonNode value) {
    LinkOption option =
        LinkOption.of(key)
            .filter(known -> known != LinkOption.CONFIG)
            .orElseThrow(
                () -> wrong("unknown key '%s'; known are %s".formatted(key, known()), null));
    List<Given> given =
        switch (option.kind()) {
          case TEXT -> List.of(text(key, value, ""));
          case NUMBER ->
              List.of(value.isIntegralNumber() ? given(key, value) : text(key, value, ""));
          case LIST -> list(key, value);
          case FLAG -> flag(key, value);
        };
    if (!given.isEmpty() || option.kind() == LinkOption.Kind.LIST) {
      values.put(option, given);
    }
  }

  private static String known() {
    return Arrays.stream(LinkOption.values())
        .filter(option -> option != LinkOption.CONFIG)
        .map(LinkOption::key)
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private Given given(String key, JsonNode value) {
    return new Given(key, value.asText(), "--config " + file + ": " + key);
  }

  private List<Given> list(String key, JsonNode value) {
    String or = " or a list of texts";
    if (!value.isArray()) {
      return List.of(text(key, value, or));
    }
    List<Given> values = new ArrayList<>();
    value.forEach(element -> values.add(text(key, element, or)));
    return values;
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
      throw given.wrong(
          "it must be text%s, but it is %s"
              .formatted(or, value.isNull() ? "empty" : value.toString()));
    }
    return given;
  }

  private UsageException wrong(String why, @Nullable Throwable cause) {
    return new UsageException("--config " + file + ": " + why, cause);
  }
}
