package org.etcdmirror.soak;

import java.time.Duration;
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

  static End delaySide(Stage stage, Step step) {
    List<FaultProxy> proxies = clients(stage, step);
    proxies.forEach(proxy -> proxy.delay(Duration.ofMillis(20 + 2L * step.amount())));
    return () -> proxies.forEach(proxy -> proxy.delay(Duration.ZERO));
  }

  /** As from a proxy that finds nothing behind it. */
  static End pages(Stage stage, Step step) {
    List<FaultProxy> proxies = clients(stage, step);
    proxies.forEach(proxy -> {
      proxy.answerHtml(502);
      proxy.cutAll();
    });
    return () -> proxies.forEach(proxy -> proxy.answerHtml(0));
  }

  /** No other member hears a member, which still hears them. */
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
    proxies.forEach(proxy -> {
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
