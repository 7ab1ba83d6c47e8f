package org.etcdmirror.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.spring.EtcdMirrors;
import org.etcdmirror.testkit.Patience;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The examples of the page for Spring Boot as they stand, with the artifacts that are installed. */
@EtcdTest(v2 = false)
class PageTest {

  private static final Path PAGE = Path.of("../docs/spring-boot.md");

  /** The first example in a language. */
  private static String example(String language) throws Exception {
    Matcher block =
        Pattern.compile("(?s)\\n( *)```" + language + "\\n(.*?)\\n\\1```")
            .matcher(Files.readString(PAGE));
    assertThat(block.find()).as("an example in %s on %s", language, PAGE).isTrue();
    return block.group(2).stripIndent();
  }

  @Test
  void theFirstPropertiesOfThePageMirror(
      EtcdServer source, EtcdServer sink, @TempDir Path directory) throws Exception {
    String yaml = example("yaml");
    assertThat(yaml).contains("address: v3:http://a:2379", "address: v3:http://c:2379");
    Path properties = directory.resolve("application.yaml");
    Files.writeString(
        properties,
        yaml.replace("http://a:2379", source.clientUrl().toString())
            .replace("http://c:2379", sink.clientUrl().toString()));
    new V3Http(source.clientUrl()).put("/orders/1", "one");

    try (ConfigurableApplicationContext application =
        new SpringApplicationBuilder(ConsumerApplication.class)
            .run("--spring.config.location=file:" + properties, "--server.port=0")) {
      assertThat(
              application
                  .getBean(EtcdMirrors.class)
                  .mirror("orders")
                  .awaitLevel(Patience.PATIENCE))
          .isTrue();
      assertThat(new V3Http(sink.clientUrl()).values("/orders/"))
          .containsOnlyKeys(Bytes.utf8("/orders/1"));
      assertThat(get(application, "health")).contains("\"etcdMirror\"", "\"following\"");
      assertThat(get(application, "etcdmirror/orders")).contains("following");
    }
  }

  /** So the other test says that they are enough. */
  @Test
  void theDependenciesOfThePageAreThoseOfThisProject() throws Exception {
    Matcher dependency =
        Pattern.compile(
                "(?s)<groupId>(.*?)</groupId>\\s*<artifactId>(.*?)</artifactId>(?:\\s*<version>(.*?)</version>)?")
            .matcher(example("xml"));
    String project = Files.readString(Path.of("pom.xml"));
    int count = 0;
    while (dependency.find()) {
      assertThat(project)
          .containsPattern(
              "<groupId>%s</groupId>\\s*<artifactId>%s</artifactId>"
                  .formatted(dependency.group(1), dependency.group(2)));
      if (dependency.group(3) != null) {
        assertThat(dependency.group(3)).isEqualTo(System.getProperty("etcd-mirror.version"));
      }
      count++;
    }
    assertThat(count).isEqualTo(3);
  }

  private static String get(ConfigurableApplicationContext application, String what)
      throws Exception {
    String port = application.getEnvironment().getRequiredProperty("local.server.port");
    URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/" + what);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }
}
