package org.etcdmirror.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.etcdmirror.soak.SourceHistory.Change;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PastStatesTest {

  private final SourceHistory history = new SourceHistory();
  private final PastStates past = new PastStates(history);

  @BeforeEach
  void record() {
    history.add(2, List.of(new Change("/soak/a", "1"), new Change("/soak/b", "2")));
    history.add(3, List.of(new Change("/soak/a", null)));
    history.add(4, List.of(new Change("/other", "3"), new Change("/soak/private/x", "4")));
  }

  @Test
  void acceptsEachStateInItsOrder() {
    assertThat(past.wrong(2, Map.of("/soak/a", "1", "/soak/b", "2"))).isEmpty();
    assertThat(past.wrong(3, Map.of("/soak/b", "2"))).isEmpty();
    assertThat(past.wrong(4, Map.of("/soak/b", "2"))).isEmpty();
  }

  @Test
  void findsALostDelete() {
    assertThat(past.wrong(3, Map.of("/soak/a", "1", "/soak/b", "2")))
        .hasValue("not the source's state of revision 3: 1 keys: /soak/a is 1 instead of missing");
  }

  @Test
  void findsALostPut() {
    assertThat(past.wrong(4, Map.of()))
        .get()
        .asString()
        .contains("/soak/b is missing instead of 2");
  }

  @Test
  void findsAStateAheadOfItsIndex() {
    assertThat(past.wrong(2, Map.of("/soak/b", "2"))).isPresent();
  }

  @Test
  void findsAnIndexThatWentBack() {
    assertThat(past.wrong(3, Map.of("/soak/b", "2"))).isEmpty();
    assertThat(past.wrong(2, Map.of("/soak/a", "1", "/soak/b", "2")))
        .hasValue("the sink went back from revision 3 to 2");
  }

  @Test
  void takesAnOlderStateOfAnotherHistory() {
    assertThat(past.wrong(3, Map.of("/soak/b", "2"))).isEmpty();
    history.goOnFrom(2, 2);
    history.add(3, List.of(new Change("/soak/c", "5")));
    past.beginAnew();
    assertThat(past.wrong(3, Map.of("/soak/a", "1", "/soak/b", "2", "/soak/c", "5"))).isEmpty();
  }
}
