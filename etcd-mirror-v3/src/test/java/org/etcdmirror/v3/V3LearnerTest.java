package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class V3LearnerTest {

  @Test
  void learnerMemberIsSkippedOnBothSides() throws Exception {
    try (EtcdServer from = EtcdServer.start();
        EtcdServer to = EtcdServer.start();
        Learner sourceLearner = Learner.of(from);
        Learner sinkLearner = Learner.of(to)) {
      V3Http source = new V3Http(from.clientUrl());
      V3Http sink = new V3Http(to.clientUrl());
      source.put("/conf/a", "1");
      try (EtcdMirror mirror =
          EtcdMirror.builder()
              .source(
                  V3Source.builder()
                      .endpoints(sourceLearner.clientUrl().toString(), from.clientUrl().toString())
                      .build())
              .sink(
                  V3Sink.builder()
                      .endpoints(sinkLearner.clientUrl().toString(), to.clientUrl().toString())
                      .build())
              .link("test")
              .scope(MirrorScope.of("/conf/"))
              .build()) {
        mirror.start();
        assertThat(mirror.await(source.put("/conf/b", "2"), PATIENCE))
            .as("%s", mirror.status())
            .isTrue();
        assertThat(sink.values("/conf/")).isEqualTo(source.values("/conf/")).hasSize(2);
        assertThat(mirror.await(source.delete("/conf/a"), PATIENCE)).isTrue();
        assertThat(sink.values("/conf/")).isEqualTo(source.values("/conf/")).hasSize(1);
      }
    }
  }
}
