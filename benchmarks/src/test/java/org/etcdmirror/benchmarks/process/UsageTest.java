package org.etcdmirror.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UsageTest {

  @Test
  void addsUserAndSystemTimeAlsoOfAProgramWithASpaceInItsName() {
    String stat = "42 (a b) c) S 1 1 1 0 -1 4194560 9 9 9 9 150 50 7 7 20 0 1 0 100 0";
    assertThat(Usage.cpuMillis(stat)).isEqualTo(2_000);
  }

  @Test
  void readsThePeakOfMemory() {
    assertThat(Usage.peakMebibytes("Name:\tx\nVmHWM:\t   2048 kB\nVmRSS:\t 1024 kB\n"))
        .isEqualTo(2);
  }

  @Test
  void readsItsOwnProcess() {
    long pid = ProcessHandle.current().pid();
    assertThat(Usage.cpuMillis(pid)).isPositive();
    assertThat(Usage.peakMebibytes(pid)).isGreaterThan(10);
  }
}
