package org.etcdmirror.file.internal.merge;

import java.util.ArrayDeque;
import java.util.Deque;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;

/**
 * The tops of trees, while all keys are visited in order. Below a top come only keys that begin
 * with it, so there are never more of them than a key has bytes.
 *
 * @param <T> what is known of a tree
 */
public final class Tops<T> {

  /**
   * The top of a tree.
   *
   * @param <T> what is known of the tree
   * @param key its key
   * @param value what is known of the tree
   */
  public record Top<T>(Bytes key, T value) {}

  private final Deque<Top<T>> tops = new ArrayDeque<>();

  /** No tree yet. */
  public Tops() {}

  /** The tree of the key that is visited now. */
  public void add(Bytes key, T value) {
    leave(key);
    tops.addLast(new Top<>(key, value));
  }

  /** The trees that this key lies in; no key before it is visited any more. */
  public Iterable<Top<T>> above(Bytes key) {
    leave(key);
    return () ->
        tops.stream()
            .filter(top -> !top.key().equals(key) && KeyModel.PATHS.covers(top.key(), key))
            .iterator();
  }

  private void leave(Bytes key) {
    while (!tops.isEmpty() && !key.startsWith(tops.getLast().key())) {
      tops.removeLast();
    }
  }
}
