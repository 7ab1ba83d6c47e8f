package org.etcdmirror.simulation.life;

import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.function.LongConsumer;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;

/** The link back, after a cut-over: it brings to the old source what is written to the old sink. */
final class WayBack {

  private static final long SECOND = LinkLife.SECOND;
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private final Side from;
  private final LongConsumer pass;
  private final LinkProcess link;
  private final StatusCheck status;

  /**
   * Starts nothing yet.
   *
   * @param from the old sink
   * @param to the old source
   * @param pass lets so many nanoseconds pass
   */
  WayBack(Random random, LinkDesign design, Side from, Side to, LongConsumer pass) {
    this.random = random;
    this.from = from;
    this.pass = pass;
    this.link = new LinkProcess("back", () -> design.wayBack(from, to));
    this.status = new StatusCheck(from, to, design);
    to.mirrorsWrite(design::owns);
  }

  /** Writers write to the old sink, before and while the link runs. */
  void run() {
    writeSome();
    link.start();
    writeSome();
    if (random.nextBoolean()) {
      link.restart();
      writeSome();
    }
    from.calm();
    from.writeLast();
    awaitEqual();
    link.close();
  }

  private void writeSome() {
    for (int i = random.nextInt(6); i > 0; i--) {
      from.write();
      pass.accept((long) (random.nextDouble() * SECOND));
    }
  }

  private void awaitEqual() {
    EtcdMirror mirror = Objects.requireNonNull(link.mirror());
    long deadline = scheduler.after(PATIENCE.toNanos());
    while (!scheduler.hasFailed()) {
      MirrorStatus now = mirror.status();
      status.check(mirror);
      if (now.counters().resyncs() > 0) {
        throw new SimulationException("the link back copies: " + now);
      }
      if (status.isLevel(now) && status.isEqual()) {
        return;
      }
      if (scheduler.now() > deadline) {
        throw new SimulationException("the link back is not equal: " + status.describe(now));
      }
      pass.accept(SECOND);
    }
  }
}
