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
import java.util.List;
import java.util.Map;
import org.etcdmirror.service.log.OneLine;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration file: a YAML mapping whose keys are the long options, and {@code links}, a
 * list of such mappings.
 */
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
   * Reads the options of a file.
   *
   * @throws UsageException if it cannot be read, or holds anything that is not an option
   */
  static ConfigOptions read(Path file) {
    return new ConfigFile(file).read();
  }

  private ConfigOptions read() {
    JsonNode root = parse();
    if (root.isMissingNode() || root.isNull()) {
      return new ConfigOptions(Map.of(), null);
    }
    if (!root.isObject()) {
      throw wrong("it must be a mapping of option names to values", null);
    }
    JsonNode links = root.get(LinkMappings.KEY);
    if (links != null && root.has(LinkOption.LINK.key())) {
      throw wrong("link: each link has its name in 'links'; remove it", null);
    }
    Map<LinkOption, List<Given>> common =
        OptionMapping.read(place(), root, LinkMappings.KEY, option -> option != LinkOption.CONFIG);
    return new ConfigOptions(common, links == null ? null : LinkMappings.read(place(), links));
  }

  private String place() {
    return "--config " + file;
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

  private UsageException wrong(String why, @Nullable Throwable cause) {
    return new UsageException(place() + ": " + why, cause);
  }
}
