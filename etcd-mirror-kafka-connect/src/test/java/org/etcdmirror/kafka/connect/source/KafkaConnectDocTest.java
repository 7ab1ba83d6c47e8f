package org.etcdmirror.kafka.connect.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.etcdmirror.kafka.connect.source.gap.GapDeletes;
import org.etcdmirror.kafka.connect.source.plan.LinkPlan;
import org.etcdmirror.kafka.connect.source.plan.SourcePlan;
import org.junit.jupiter.api.Test;

/** The connector that {@code docs/kafka-connect.md} shows is one. */
class KafkaConnectDocTest {

  private static final Path PAGE = Path.of("..", "docs/kafka-connect.md");

  private static Map<String, String> shown() throws Exception {
    String page = Files.readString(PAGE);
    int begin = page.indexOf("```json") + "```json".length();
    return new ObjectMapper()
        .readValue(page.substring(begin, page.indexOf("```", begin)), new TypeReference<>() {});
  }

  @Test
  void settingsThatThePageShowsAreUnderstood() throws Exception {
    Map<String, String> settings = new HashMap<>(shown());
    settings.put("name", "app");

    SourcePlan plan = new SourcePlan(settings);

    assertThat(settings)
        .containsEntry("connector.class", EtcdSourceConnector.class.getSimpleName());
    assertThat(plan.isExactlyOnce()).isTrue();
    assertThat(plan.deletesAfterGap()).isEqualTo(GapDeletes.READ);
    assertThat(plan.links()).hasSize(1);
    LinkPlan link = plan.links().get(0);
    assertThat(link.topic()).isEqualTo("etcd.app");
  }
}
