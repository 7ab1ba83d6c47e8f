package org.etcdmirror.kafka;

import java.nio.charset.StandardCharsets;
import org.etcdmirror.kafka.internal.topic.TopicName;

/** The name of the topic that holds the checkpoint of a link. */
final class LinkTopic {

  private static final String BEGIN = "etcd-mirror-";

  private LinkTopic() {}

  /** Each byte that a topic cannot be named by becomes an underscore and two hexadecimal digits. */
  static String of(String link) {
    StringBuilder name = new StringBuilder(BEGIN);
    for (byte b : link.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-') {
        name.append(c);
      } else {
        name.append("_%02x".formatted((int) c));
      }
    }
    try {
      return TopicName.of(name.toString());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "link '%s' has too long a name for a topic: name the topic of its checkpoint"
              .formatted(link),
          e);
    }
  }
}
