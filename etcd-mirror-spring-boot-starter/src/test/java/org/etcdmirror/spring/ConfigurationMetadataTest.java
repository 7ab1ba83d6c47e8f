package org.etcdmirror.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConfigurationMetadataTest {

  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z.-]+)` \\|");

  @Test
  void eachPropertyHasADescription() throws IOException {
    List<String> bare = new ArrayList<>();
    for (JsonNode property : metadata().get("properties")) {
      if (property.get("description") == null) {
        bare.add(property.get("name").asString());
      }
    }
    assertThat(bare).isEmpty();
  }

  @Test
  void defaultsAreTold() throws IOException {
    assertThat(defaultOf("etcd-mirror.enabled")).isEqualTo("true");
    assertThat(defaultOf("etcd-mirror.stop-timeout")).isEqualTo("10s");
    assertThat(defaultOf("management.endpoint.etcdmirror.access")).isEqualTo("read_only");
  }

  @Test
  void theHealthOfLinksCanBeCompleted() throws IOException {
    assertThat(names()).contains("management.health.etcdmirror.enabled");
  }

  /** Metadata knows no property below a name that the user chooses; the page lists them. */
  @Test
  void thePageHasEachPropertyOfALink() throws IOException {
    String page = Files.readString(Path.of("../docs/spring-boot.md"), UTF_8);
    TreeSet<String> told = new TreeSet<>();
    ROW.matcher(page).results().forEach(row -> told.add(row.group(1)));
    assertThat(told).isEqualTo(new TreeSet<>(PropertyNames.of(LinkProperties.class)));
  }

  private static List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    metadata().get("properties").forEach(property -> names.add(property.get("name").asString()));
    return names;
  }

  private static String defaultOf(String name) throws IOException {
    for (JsonNode property : metadata().get("properties")) {
      if (property.get("name").asString().equals(name)) {
        return property.get("defaultValue").asString();
      }
    }
    throw new AssertionError("no property " + name);
  }

  /** That of this module, not that of a library. */
  private static JsonNode metadata() throws IOException {
    String classes =
        EtcdMirrorProperties.class.getProtectionDomain().getCodeSource().getLocation().toString();
    try (InputStream in =
        URI.create(classes + "META-INF/spring-configuration-metadata.json").toURL().openStream()) {
      return JsonMapper.shared().readTree(Objects.requireNonNull(in));
    }
  }
}
