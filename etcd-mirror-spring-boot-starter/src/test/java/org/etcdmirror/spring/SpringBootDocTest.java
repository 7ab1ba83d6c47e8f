package org.etcdmirror.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.etcdmirror.site.markdown.CodeBlock;
import org.etcdmirror.site.markdown.MarkdownPage;
import org.etcdmirror.site.snippet.JavaSnippet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The examples of docs/spring-boot.md and docs/metrics.md compile, and have real properties. */
class SpringBootDocTest {

  private static final Path ROOT = Path.of("..");
  private static final String LINK = "etcd-mirror.links.";

  private static final JavaSnippet SNIPPET =
      new JavaSnippet(
          List.of(
              "io.micrometer.observation.ObservationRegistry",
              "java.util.*",
              "org.etcdmirror.api.*",
              "org.etcdmirror.core.*",
              "org.etcdmirror.core.micrometer.*",
              "org.etcdmirror.spring.*",
              "org.etcdmirror.testkit.etcd.EtcdServer",
              "org.springframework.context.annotation.Bean",
              "org.springframework.context.event.EventListener"),
          """
          interface Cache {
            void apply(List<MirrorEvent> events);
          }
          interface Chat {
            void post(String text);
          }
          Cache cache;
          Chat chat;
          EventSource source;
          EventSink sink;
          ObservationRegistry observationRegistry;
          """);

  private static List<CodeBlock> examples(String page, String language) throws Exception {
    List<CodeBlock> found =
        MarkdownPage.read(ROOT, page).code().stream()
            .filter(block -> block.language().equals(language))
            .toList();
    assertThat(found).as("%s on %s", language, page).isNotEmpty();
    return found;
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/spring-boot.md", "docs/metrics.md"})
  void eachExampleCompiles(String page, @TempDir Path classes) throws Exception {
    for (CodeBlock example : examples(page, "java")) {
      assertThat(SNIPPET.errors(example, classes)).as(example.where()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/spring-boot.md", "docs/metrics.md"})
  void eachPropertyOfAnExampleIsKnown(String page) throws Exception {
    Set<String> known = known();
    for (CodeBlock example : examples(page, "yaml")) {
      assertThat(names(example))
          .as(example.where())
          .isNotEmpty()
          .allSatisfy(name -> assertThat(isKnown(name, known)).as(name).isTrue());
    }
  }

  @Test
  void anUnknownPropertyIsFound() throws Exception {
    assertThat(isKnown("management.otlp.metrics.export.urls", known())).isFalse();
    assertThat(isKnown("etcd-mirror.links.orders.source.addres", known())).isFalse();
  }

  private static List<String> names(CodeBlock yaml) throws Exception {
    ByteArrayResource resource =
        new ByteArrayResource(yaml.code().getBytes(StandardCharsets.UTF_8));
    List<String> names = new ArrayList<>();
    for (PropertySource<?> source : new YamlPropertySourceLoader().load("example", resource)) {
      names.addAll(List.of(((EnumerablePropertySource<?>) source).getPropertyNames()));
    }
    return names;
  }

  private static boolean isKnown(String name, Set<String> known) {
    if (name.startsWith(LINK)) {
      String ofLink = name.substring(name.indexOf('.', LINK.length()) + 1);
      return PropertyNames.of(LinkProperties.class).contains(ofLink.replaceAll("\\[\\d+]", ""));
    }
    // A property may be a map, such as the groups of the health.
    return known.contains(name)
        || known.stream().anyMatch(one -> one.endsWith(".group") && name.startsWith(one + "."));
  }

  /** What the metadata of all libraries names. */
  private static Set<String> known() throws Exception {
    Set<String> names = new TreeSet<>();
    for (URL file :
        Collections.list(
            SpringBootDocTest.class
                .getClassLoader()
                .getResources("META-INF/spring-configuration-metadata.json"))) {
      try (InputStream in = file.openStream()) {
        for (JsonNode property : JsonMapper.shared().readTree(in).get("properties")) {
          names.add(property.get("name").asString());
        }
      }
    }
    return names;
  }
}
