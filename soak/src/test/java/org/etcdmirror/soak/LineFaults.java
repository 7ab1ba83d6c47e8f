package org.etcdmirror.soak;

import java.util.List;
import org.etcdmirror.soak.Fault.End;
import org.etcdmirror.testkit.fault.FaultProxy;

/** What happens between the mirror and a side, and between the members of a side. */
final class LineFaults {

  private LineFaults() {}

  static End cutMember(Stage stage, Step step) {
    return refuse(List.of(step.cluster(stage).member(step.member()).clients()));
  }

  static End cutSide(Stage stage, Step step) {
    return refuse(clients(stage, step));
  }

  static End stallSide(Stage stage, Step step) {
    return stall(clients(stage, step));
  }

  /** Nobody hears a member any more, and it still hears the others. */
  static End stallPeers(Stage stage, Step step) {
    return stall(List.of(step.cluster(stage).member(step.member()).peers()));
  }

  static End cutPeers(Stage stage, Step step) {
    return refuse(step.cluster(stage).members().stream().map(Member::peers).toList());
  }

  private static List<FaultProxy> clients(Stage stage, Step step) {
    return step.cluster(stage).members().stream().map(Member::clients).toList();
  }

  private static End refuse(List<FaultProxy> proxies) {
    proxies.forEach(
        proxy -> {
          proxy.refuse(true);
          proxy.cutAll();
        });
    return () -> proxies.forEach(proxy -> proxy.refuse(false));
  }

  private static End stall(List<FaultProxy> proxies) {
    proxies.forEach(proxy -> proxy.stall(true));
    return () -> proxies.forEach(proxy -> proxy.stall(false));
  }
}
