package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.junit.jupiter.api.Test;

class FormerPrefixesTest {

  private static String describe(int prefixes) {
    Map<Bytes, Long> deletes = new LinkedHashMap<>();
    for (int i = 1; i <= prefixes; i++) {
      deletes.put(Bytes.utf8("/p" + i), (long) i);
    }
    return FormerPrefixes.describe(deletes);
  }

  @Test
  void eachFormerPrefixIsNamedWithItsDeletes() {
    assertThat(describe(0)).isEmpty();
    assertThat(describe(2))
        .startsWith("; of these deletes, 1 under '/p1' and 2 under '/p2' are outside the current");
  }

  @Test
  void atMostFivePrefixesAreNamed() {
    assertThat(describe(5)).contains("5 under '/p5' are").doesNotContain("more under");
    assertThat(describe(7)).contains("5 under '/p5' and more under 2 other prefixes are");
  }
}
