package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.internal.checkpoint.CompareNote;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Policies, conditions and transforms that break their contracts. */
class MirrorPolicyFailureTest extends MirrorFixture {

  /** Returns null. */
  static final class Silent implements RecoveryPolicy {
    @Override
    @SuppressWarnings("NullAway")
    public Decision decide(Gap gap) {
      return null;
    }
  }

  /** Throws what it is made with. */
  record Throwing(Throwable failure) implements RecoveryPolicy {
    @Override
    public Decision decide(Gap gap) {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure;
    }
  }

  static List<RecoveryPolicy> broken() {
    return List.of(
        new Silent(),
        new Throwing(new IllegalStateException("boom")),
        new Throwing(new PermanentException("boom")),
        new Throwing(new AssertionError("boom")),
        new Throwing(new StackOverflowError()));
  }

  private void lostHistory() throws InterruptedException {
    source.put("/conf/a", "1");
    following().close();
    source.put("/conf/b", "2");
    source.clearHistory();
  }

  private static void assertNamed(Throwable failure, String name) {
    assertThat(failure)
        .isInstanceOf(MirrorFailedException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("history is cleared: stored index")
        .hasCauseInstanceOf(RecoveryPolicyException.class);
  }

  private void assertNothingWrittenAndTheGapFoundAgain() throws InterruptedException {
    assertThat(sink.values()).containsOnlyKeys("/conf/a");
    following();
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.gaps).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("broken")
  void brokenPolicyFailsMirrorAndIsNamed(RecoveryPolicy policy) throws Exception {
    lostHistory();
    EtcdMirror mirror = mirror(b -> b.recoveryPolicy(policy));
    assertThatThrownBy(mirror::run).satisfies(e -> assertNamed(e, policy.getClass().getName()));
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FAILED);
    assertThat(mirror.status().lastError()).contains(policy.getClass().getName());
    assertNothingWrittenAndTheGapFoundAgain();
  }

  @ParameterizedTest
  @MethodSource("broken")
  void brokenPolicyFailsSyncOnceAndIsNamed(RecoveryPolicy policy) throws Exception {
    lostHistory();
    EtcdMirror mirror = mirror(b -> b.recoveryPolicy(policy));
    assertThatThrownBy(mirror::syncOnce)
        .satisfies(e -> assertNamed(e, policy.getClass().getName()));
    assertThat(store.last()).matches(CompareNote::isIn, "says that it must be compared");
    assertNothingWrittenAndTheGapFoundAgain();
  }

  @Test
  void nestedBrokenPolicyIsNamed() throws Exception {
    lostHistory();
    EtcdMirror mirror =
        mirror(b -> b.recoveryPolicy(RecoveryPolicy.resync().upTo(0, new Silent())));
    assertThatThrownBy(mirror::run).satisfies(e -> assertNamed(e, Silent.class.getName()));
  }

  @Test
  void aConditionThatThrowsIsNamed() throws Exception {
    lostHistory();
    RecoveryPolicy policy =
        RecoveryPolicy.resync()
            .when(
                gap -> {
                  throw new IllegalStateException("boom");
                },
                RecoveryPolicy.fail());
    EtcdMirror mirror = mirror(b -> b.recoveryPolicy(policy));
    assertThatThrownBy(mirror::run)
        .satisfies(e -> assertNamed(e, MirrorPolicyFailureTest.class.getName() + "$$Lambda"))
        .hasMessageContaining("condition of a recovery policy")
        .hasMessageContaining("boom");
  }

  @Test
  void aTransformWithoutANameIsRefusedAtBuild() {
    scope = MirrorScope.builder().prefix("/conf").transform(new Nameless()).build();
    assertThatThrownBy(this::mirror)
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining(Nameless.class.getName())
        .hasMessageContaining("identity");
  }

  /** Returns null as its identity. */
  static final class Nameless implements Transform {
    @Override
    @SuppressWarnings("NullAway")
    public String identity() {
      return null;
    }

    @Override
    public List<MirrorEvent.Put> apply(MirrorEvent.Put put) {
      return List.of(put);
    }
  }
}
