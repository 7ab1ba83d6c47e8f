package org.etcdmirror.benchmarks.contestant;

import java.util.List;

/** The mirror that comes with etcd 3. It stores no index, so a restart copies everything again. */
public final class MakeMirror implements Contestant {

  private final String etcdctl;

  /** With the path of an etcdctl. */
  public MakeMirror(String etcdctl) {
    this.etcdctl = etcdctl;
  }

  @Override
  public String name() {
    return "make-mirror";
  }

  @Override
  public boolean continuesAfterStop() {
    return false;
  }

  @Override
  public List<String> command(Link link) {
    return List.of(
        etcdctl,
        "--endpoints=" + link.source(),
        "make-mirror",
        "--prefix=" + link.prefix(),
        link.sink().toString());
  }
}
