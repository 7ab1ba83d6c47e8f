package org.etcdmirror.core.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.junit.jupiter.api.Test;

class StateMachineTest {

  private record Told(MirrorState before, MirrorState after) {}

  private final List<Told> told = new CopyOnWriteArrayList<>();
  private final StateMachine states =
      new StateMachine(
          "test",
          new MirrorListener() {
            @Override
            public void onState(MirrorState before, MirrorState after) {
              told.add(new Told(before, after));
            }
          });

  @Test
  void stateFollowsReportedChanges() {
    assertThat(states.start()).isTrue();
    assertThat(states.start()).isFalse();
    assertThat(states.state()).isEqualTo(MirrorState.CONNECTING);
    states.sourceLost();
    assertThat(states.state()).isEqualTo(MirrorState.CONNECTING);
    states.doubted(1);
    states.doubted(1);
    states.sourceConnected();
    assertThat(states.state()).isEqualTo(MirrorState.RESYNCING);
    states.sinkFailing(true);
    assertThat(states.state()).isEqualTo(MirrorState.RETRYING);
    states.sinkFailing(false);
    states.doubted(-2);
    assertThat(states.state()).isEqualTo(MirrorState.FOLLOWING);
    states.sourceLost();
    assertThat(states.state()).isEqualTo(MirrorState.RETRYING);
    assertThat(states.close()).isTrue();
    assertThat(states.state()).isEqualTo(MirrorState.STOPPING);
    states.stopped();
    states.failed();
    assertThat(states.state()).isEqualTo(MirrorState.STOPPED);
  }

  @Test
  void blockedHidesPausedAndPausedHidesRetrying() {
    states.paused(true);
    assertThat(states.state()).isEqualTo(MirrorState.CREATED);
    states.start();
    assertThat(states.state()).isEqualTo(MirrorState.PAUSED);
    states.sourceConnected();
    states.sourceLost();
    assertThat(states.state()).isEqualTo(MirrorState.PAUSED);
    states.blocked(true);
    assertThat(states.state()).isEqualTo(MirrorState.BLOCKED);
    states.paused(false);
    assertThat(states.state()).isEqualTo(MirrorState.BLOCKED);
    states.blocked(false);
    assertThat(states.state()).isEqualTo(MirrorState.RETRYING);
    states.blocked(true);
    states.close();
    assertThat(states.state()).isEqualTo(MirrorState.STOPPING);
  }

  @Test
  void aFailureIsFinal() {
    assertThat(states.close()).isFalse();
    states.failed();
    states.stopped();
    states.failed();
    assertThat(states.state()).isEqualTo(MirrorState.FAILED);
    assertThat(states.start()).isFalse();
  }

  @Test
  void concurrentChangesAreReportedInOrder() throws Exception {
    states.start();
    List<Thread> threads =
        IntStream.range(0, 4).mapToObj(i -> new Thread(() -> change(new Random(i)))).toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(told.get(0).before()).isEqualTo(MirrorState.CREATED);
    for (int i = 1; i < told.size(); i++) {
      assertThat(told.get(i).before()).as("change %d", i).isEqualTo(told.get(i - 1).after());
    }
    assertThat(told.get(told.size() - 1).after()).isEqualTo(states.state());
  }

  private void change(Random random) {
    for (int i = 0; i < 2000; i++) {
      switch (random.nextInt(4)) {
        case 0 -> states.sourceConnected();
        case 1 -> states.sourceLost();
        case 2 -> states.sinkFailing(true);
        default -> states.sinkFailing(false);
      }
    }
  }
}
