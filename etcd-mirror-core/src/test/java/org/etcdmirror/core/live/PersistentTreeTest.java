package org.etcdmirror.core.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.junit.jupiter.api.Test;

class PersistentTreeTest {

  private static Map<Bytes, Integer> all(PersistentTree<Integer> tree) {
    return new PrefixMap<>(tree, Bytes.EMPTY);
  }

  private static Bytes key(int number) {
    return Bytes.utf8("/k%04d".formatted(number));
  }

  @Test
  void equalsASortedMapAfterRandomChangesAndOldStatesStay() {
    long seed = new Random().nextLong();
    System.out.println("PersistentTreeTest seed " + seed);
    Random random = new Random(seed);
    PersistentTree<Integer> tree = PersistentTree.empty();
    TreeMap<Bytes, Integer> model = new TreeMap<>();
    Map<PersistentTree<Integer>, Map<Bytes, Integer>> kept = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      Bytes key = key(random.nextInt(500));
      if (random.nextInt(3) == 0) {
        tree = tree.without(key);
        model.remove(key);
      } else {
        tree = tree.with(key, i);
        model.put(key, i);
      }
      assertThat(tree.size()).isEqualTo(model.size());
      if (i % 1000 == 0) {
        kept.put(tree, new TreeMap<>(model));
      }
    }
    kept.put(tree, model);
    kept.forEach((state, expected) -> {
      assertThat(all(state)).as("seed %d", seed).isEqualTo(expected);
      assertThat(all(state).keySet()).containsExactlyElementsOf(expected.keySet());
    });
  }

  @Test
  void staysLowWhateverTheOrderOfTheKeys() {
    PersistentTree<Integer> up = PersistentTree.empty();
    PersistentTree<Integer> down = PersistentTree.empty();
    for (int i = 0; i < 4096; i++) {
      up = up.with(key(i), i);
      down = down.with(key(4096 - i), i);
    }
    // 1.44 times the least height of 12 or 13.
    assertThat(up.height()).isLessThanOrEqualTo(18);
    assertThat(down.height()).isLessThanOrEqualTo(18);
    for (int i = 0; i < 4000; i++) {
      up = up.without(key(i));
    }
    assertThat(up.height()).isLessThanOrEqualTo(9);
  }

  @Test
  void keysWithAPrefixAreFoundInOrder() {
    PersistentTree<Integer> tree = PersistentTree.empty();
    for (String key : new String[] {"/b/2", "/a", "/b", "/b/1", "/c", "/b0"}) {
      tree = tree.with(Bytes.utf8(key), 1);
    }
    Map<Bytes, Integer> below = new PrefixMap<>(tree, Bytes.utf8("/b/"));
    assertThat(below.keySet()).containsExactly(Bytes.utf8("/b/1"), Bytes.utf8("/b/2"));
    assertThat(below).hasSize(2).doesNotContainKey(Bytes.utf8("/a"));
    assertThat(below.get(Bytes.utf8("/a"))).isNull();
    assertThat(new PrefixMap<>(tree, Bytes.utf8("/d"))).isEmpty();
  }

  @Test
  void entriesCannotBeChanged() {
    Map<Bytes, Integer> entries = all(PersistentTree.<Integer>empty().with(key(1), 1));
    assertThatThrownBy(() -> entries.put(key(2), 2))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(entries::clear).isInstanceOf(UnsupportedOperationException.class);
    Iterator<Bytes> keys = entries.keySet().iterator();
    keys.next();
    assertThatThrownBy(keys::remove).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(keys::next).isInstanceOf(NoSuchElementException.class);
  }
}
