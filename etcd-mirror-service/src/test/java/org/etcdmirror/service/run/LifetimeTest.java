package org.etcdmirror.service.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How the work of a command ends the process. */
class LifetimeTest {

  @Test
  void errorOfTheWorkEndsTheProcess() {
    Outcome end =
        Lifetime.perform(
            () -> {
              throw new NoClassDefFoundError("org/example/Gone");
            },
            Outcome.DONE);

    assertThat(end)
        .isEqualTo(new Outcome(1, "etcd-mirror: java.lang.NoClassDefFoundError: org/example/Gone"));
  }
}
