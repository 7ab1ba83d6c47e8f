package org.etcdmirror.core.live;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map. A change makes a new map that shares all nodes but those on one path. It
 * is an AVL tree, so that path is short whatever the order of the keys.
 */
final class PersistentTree<V> {

  private static final PersistentTree<?> EMPTY = new PersistentTree<>(null, 0);

  private record Node<V>(
      Bytes key, V value, @Nullable Node<V> left, @Nullable Node<V> right, int height) {}

  private final @Nullable Node<V> root;
  private final int size;

  private PersistentTree(@Nullable Node<V> root, int size) {
    this.root = root;
    this.size = size;
  }

  @SuppressWarnings("unchecked") // It holds no value.
  static <V> PersistentTree<V> empty() {
    return (PersistentTree<V>) EMPTY;
  }

  int size() {
    return size;
  }

  @Nullable V get(Bytes key) {
    Node<V> node = root;
    while (node != null) {
      int order = key.compareTo(node.key());
      if (order == 0) {
        return node.value();
      }
      node = order < 0 ? node.left() : node.right();
    }
    return null;
  }

  PersistentTree<V> with(Bytes key, V value) {
    return new PersistentTree<>(put(root, key, value), get(key) == null ? size + 1 : size);
  }

  PersistentTree<V> without(Bytes key) {
    return get(key) == null ? this : new PersistentTree<>(remove(root, key), size - 1);
  }

  private static <V> Node<V> put(@Nullable Node<V> node, Bytes key, V value) {
    if (node == null) {
      return new Node<>(key, value, null, null, 1);
    }
    int order = key.compareTo(node.key());
    if (order == 0) {
      return new Node<>(key, value, node.left(), node.right(), node.height());
    }
    return order < 0
        ? balanced(node, put(node.left(), key, value), node.right())
        : balanced(node, node.left(), put(node.right(), key, value));
  }

  private static <V> @Nullable Node<V> remove(@Nullable Node<V> node, Bytes key) {
    if (node == null) {
      return null;
    }
    int order = key.compareTo(node.key());
    if (order < 0) {
      return balanced(node, remove(node.left(), key), node.right());
    }
    if (order > 0) {
      return balanced(node, node.left(), remove(node.right(), key));
    }
    if (node.left() == null || node.right() == null) {
      return node.left() == null ? node.right() : node.left();
    }
    Node<V> next = first(node.right());
    return balanced(next, node.left(), remove(node.right(), next.key()));
  }

  private static <V> Node<V> first(Node<V> node) {
    Node<V> first = node;
    for (Node<V> left = node.left(); left != null; left = left.left()) {
      first = left;
    }
    return first;
  }

  /** Joins two trees whose heights differ by two at most. */
  private static <V> Node<V> balanced(
      Node<V> top, @Nullable Node<V> left, @Nullable Node<V> right) {
    if (left != null && height(left) > height(right) + 1) {
      Node<V> inner = left.right();
      return inner == null || height(left.left()) >= height(inner)
          ? join(left, left.left(), join(top, inner, right))
          : join(inner, join(left, left.left(), inner.left()), join(top, inner.right(), right));
    }
    if (right != null && height(right) > height(left) + 1) {
      Node<V> inner = right.left();
      return inner == null || height(right.right()) >= height(inner)
          ? join(right, join(top, left, inner), right.right())
          : join(inner, join(top, left, inner.left()), join(right, inner.right(), right.right()));
    }
    return join(top, left, right);
  }

  private static <V> Node<V> join(Node<V> top, @Nullable Node<V> left, @Nullable Node<V> right) {
    int height = 1 + Math.max(height(left), height(right));
    return new Node<>(top.key(), top.value(), left, right, height);
  }

  private static int height(@Nullable Node<?> node) {
    return node == null ? 0 : node.height();
  }

  /** The height, for tests. */
  int height() {
    return height(root);
  }

  /** The entries from a key on, in order. */
  Iterator<Map.Entry<Bytes, V>> from(Bytes first) {
    Deque<Node<V>> path = new ArrayDeque<>();
    Node<V> node = root;
    while (node != null) {
      if (node.key().compareTo(first) >= 0) {
        path.push(node);
        node = node.left();
      } else {
        node = node.right();
      }
    }
    return new Walk<>(path);
  }

  /** A walk in key order; the path holds the nodes that are still to come, each with its right. */
  private record Walk<V>(Deque<Node<V>> path) implements Iterator<Map.Entry<Bytes, V>> {

    @Override
    public boolean hasNext() {
      return !path.isEmpty();
    }

    @Override
    public Map.Entry<Bytes, V> next() {
      if (path.isEmpty()) {
        throw new NoSuchElementException("no entry is left");
      }
      Node<V> node = path.pop();
      for (Node<V> down = node.right(); down != null; down = down.left()) {
        path.push(down);
      }
      return Map.entry(node.key(), node.value());
    }
  }
}
