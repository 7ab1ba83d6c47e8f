package org.etcdmirror.kafka.internal.topic;

import java.util.regex.Pattern;

/** What Kafka takes as the name of a topic. */
public final class TopicName {

  private static final Pattern LEGAL = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}");

  private TopicName() {}

  /**
   * Returns the name.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static String of(String name) {
    if (!LEGAL.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no name of a topic: use at most 249 letters, digits, '.', '_' and '-'"
              .formatted(name));
    }
    return name;
  }
}
