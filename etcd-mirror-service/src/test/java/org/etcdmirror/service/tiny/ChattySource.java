package org.etcdmirror.service.tiny;

import java.util.stream.IntStream;
import org.slf4j.LoggerFactory;

/** Logs the same warning a hundred times. */
final class ChattySource extends TinySource {

  ChattySource() {
    IntStream.range(0, 100)
        .forEach(i -> LoggerFactory.getLogger(ChattySource.class).warn("attempt {} failed", i));
  }
}
