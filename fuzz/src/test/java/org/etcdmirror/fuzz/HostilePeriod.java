package org.etcdmirror.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.time.Duration;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.ShortPauses;
import org.etcdmirror.core.Verification;

/**
 * Runs mirrors while one of their servers is hostile, and one more when it is honest again. An
 * operator starts another mirror after one that has failed, and approves what it asks.
 */
final class HostilePeriod {

  private static final int ONE_OF_ANSWERS = 12;

  /** A mirror also ends in good order, after so many damaged answers. */
  private static final int ANSWERS_OF_A_MIRROR = 25;

  private static final Duration PAUSE = Duration.ofMillis(5);

  private final HostileServer server;
  private final int answers;
  private final Supplier<EtcdMirrorBuilder> mirrors;
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  /**
   * A period.
   *
   * @param answers so many answers are damaged
   * @param mirrors makes the mirrors
   */
  HostilePeriod(HostileServer server, int answers, Supplier<EtcdMirrorBuilder> mirrors) {
    this.server = server;
    this.answers = answers;
    this.mirrors = mirrors;
  }

  /**
   * Runs it.
   *
   * @param random decides what is damaged and written
   * @param write writes something to the source
   * @param equal tells whether source and sink are equal
   */
  void run(SplittableRandom random, Consumer<SplittableRandom> write, BooleanSupplier equal)
      throws InterruptedException {
    SplittableRandom writes = random.split();
    server.damage(random, ONE_OF_ANSWERS);
    int end = server.damaged() + answers;
    while (server.damaged() < end) {
      beHostile(Math.min(end, server.damaged() + ANSWERS_OF_A_MIRROR), () -> write.accept(writes));
    }
    server.stop();
    failures.forEach(failure -> Refusal.checkSide(failure, server.url()));
    awaitEqual(equal);
  }

  private void beHostile(int damaged, Runnable write) throws InterruptedException {
    try (EtcdMirror mirror = started()) {
      while (server.damaged() < damaged && !mirror.status().state().isFinal()) {
        write.run();
        // Paces the writes.
        mirror.await(Long.MAX_VALUE, PAUSE);
      }
      mirror.failure().ifPresent(failures::add);
    }
  }

  private void awaitEqual(BooleanSupplier equal) {
    try (EtcdMirror mirror = started()) {
      await()
          .atMost(PATIENCE)
          .failFast(
              "the mirror has failed", () -> assertThat(mirror.failure()).as("failure").isEmpty())
          .until(() -> mirror.status().caughtUp() && equal.getAsBoolean());
    }
  }

  private EtcdMirror started() {
    Operator operator = new Operator();
    EtcdMirror mirror =
        ShortPauses.of(mirrors.get())
            .deleteLimit(DeleteLimit.percent(100))
            .verification(Verification.every(Duration.ofMillis(500)).repair())
            .listener(operator)
            .build();
    operator.mirror.set(mirror);
    mirror.start();
    return mirror;
  }

  private final class Operator implements MirrorListener {

    final AtomicReference<EtcdMirror> mirror = new AtomicReference<>();

    @Override
    public void onBlocked(PendingApproval pending) {
      mirror.get().approve(pending.token());
    }

    @Override
    public void onRetry(Exception failure, Duration pause) {
      failures.add(failure);
    }
  }
}
