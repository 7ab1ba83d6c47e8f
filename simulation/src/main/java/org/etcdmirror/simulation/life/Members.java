package org.etcdmirror.simulation.life;

import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import org.etcdmirror.simulation.model.Member;
import org.etcdmirror.simulation.schedule.Scheduler;

/** The members of one side, of either API. */
final class Members<M extends Member> {

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private final String name;
  private final List<M> all;
  private final LongConsumer pass;

  /**
   * Of a cluster.
   *
   * @param name the beginning of their hosts
   * @param pass lets so many nanoseconds pass
   */
  Members(Random random, String name, List<M> all, LongConsumer pass) {
    this.random = random;
    this.name = name;
    this.all = all;
    this.pass = pass;
  }

  String[] endpoints() {
    String[] endpoints = new String[all.size()];
    for (int i = 0; i < endpoints.length; i++) {
      endpoints[i] = "http://" + name + (i + 1) + ":2379";
    }
    return endpoints;
  }

  M any() {
    return all.get(random.nextInt(all.size()));
  }

  /** One does not answer for a while. */
  void oneIsDown() {
    M member = any();
    scheduler.note("down: " + member);
    member.down(true);
    wait(20);
    member.down(false);
  }

  void waitAMoment() {
    pass.accept(random.nextInt(20_000_000));
  }

  /** So many seconds pass, or fewer. */
  void wait(int seconds) {
    pass.accept(random.nextInt(seconds) * LinkLife.SECOND);
  }
}
