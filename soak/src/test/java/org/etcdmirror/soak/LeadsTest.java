package org.etcdmirror.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LeadsTest {

  private static final long SECOND = 1_000_000_000;
  private static final String WITHOUT = "most milliseconds without a leader after";

  private final Tally tally = new Tally();
  private final Leads leads = new Leads(tally);

  @Test
  void countsATakeoverByTheFaultOfTheLeaderAndTheTimeWithoutOne() {
    leads.isLed("one", SECOND);
    leads.met("one", "LEADING_MIRROR_KILLED");
    leads.isLed(null, 2 * SECOND);
    leads.isLed(null, 5 * SECOND);
    leads.isLed("two", 6 * SECOND);
    assertThat(tally.of("takeovers after", "LEADING_MIRROR_KILLED")).isOne();
    assertThat(tally.longest(WITHOUT, "LEADING_MIRROR_KILLED")).isEqualTo(5_000);
  }

  @Test
  void countsNoTakeoverIfTheSameInstanceLeadsAgain() {
    leads.isLed("one", SECOND);
    leads.isLed(null, 2 * SECOND);
    leads.isLed("one", 3 * SECOND);
    assertThat(tally.lines()).noneMatch(line -> line.contains("takeovers"));
    assertThat(tally.longest(WITHOUT, "no fault of the leader")).isEqualTo(2_000);
  }

  @Test
  void blamesNoFaultOfAStandby() {
    leads.isLed("one", SECOND);
    leads.met("two", "MIRROR_KILLED");
    leads.isLed("two", 2 * SECOND);
    assertThat(tally.of("takeovers after", "no fault of the leader")).isOne();
  }

  @Test
  void keepsTheLongestTimeOfManyRounds() {
    for (long length : new long[] {2, 7, 3}) {
      Tally round = new Tally();
      Leads each = new Leads(round);
      each.isLed("one", SECOND);
      each.isLed("two", SECOND + length * SECOND);
      tally.add(round);
    }
    assertThat(tally.of("takeovers after", "no fault of the leader")).isEqualTo(3);
    assertThat(tally.longest(WITHOUT, "no fault of the leader")).isEqualTo(7_000);
  }
}
