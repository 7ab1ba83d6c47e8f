package org.etcdmirror.v2.internal.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The action of a v2 answer or event. */
public enum V2Action {
  GET("get"),
  SET("set"),
  CREATE("create"),
  UPDATE("update"),
  COMPARE_AND_SWAP("compareAndSwap"),
  DELETE("delete"),
  COMPARE_AND_DELETE("compareAndDelete"),
  EXPIRE("expire");

  private static final Map<String, V2Action> BY_WORD =
      Map.of(
          GET.word, GET,
          SET.word, SET,
          CREATE.word, CREATE,
          UPDATE.word, UPDATE,
          COMPARE_AND_SWAP.word, COMPARE_AND_SWAP,
          DELETE.word, DELETE,
          COMPARE_AND_DELETE.word, COMPARE_AND_DELETE,
          EXPIRE.word, EXPIRE);

  private final String word;

  V2Action(String word) {
    this.word = word;
  }

  /** The action that the protocol calls {@code word}; null if there is none. */
  static @Nullable V2Action of(String word) {
    return BY_WORD.get(word);
  }

  /** Whether the node of such an event exists after it. */
  public boolean leavesNode() {
    return switch (this) {
      case GET, SET, CREATE, UPDATE, COMPARE_AND_SWAP -> true;
      case DELETE, COMPARE_AND_DELETE, EXPIRE -> false;
    };
  }
}
