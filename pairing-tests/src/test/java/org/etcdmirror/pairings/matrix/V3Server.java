package org.etcdmirror.pairings.matrix;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;

/** An etcd v3 with a user for mirrors. */
final class V3Server extends Server {

  static final String USER = "mirror";
  static final String PASSWORD = "right";

  /** More keys than the first page of a snapshot has, in as many transactions as etcd demands. */
  private static final int COMMITS = 3;

  private static final int KEYS = 100;

  private final V3Http root;

  private V3Server(EtcdServer etcd) {
    super(etcd);
    root = new V3Http(etcd.clientUrl()).enableAuth("root");
    root.user(USER, PASSWORD, "root");
  }

  static V3Server start() {
    return new V3Server(EtcdServer.builder().enableV2(false).start());
  }

  @Override
  void fill(String prefix) {
    for (int i = 0; i < COMMITS; i++) {
      String group = prefix + i + "-";
      List<Write> puts =
          IntStream.range(0, KEYS)
              .mapToObj(n -> Write.put(Bytes.utf8(group + n), Bytes.utf8("v")))
              .toList();
      root.commit(puts);
    }
  }

  @Override
  void put(String key, String value) {
    root.put(key, value);
  }

  @Override
  void putOutside() {
    root.put("/outside", "v");
  }

  @Override
  void delete(String key) {
    root.delete(key);
  }

  @Override
  long index() {
    return root.revision();
  }

  @Override
  Map<String, String> values(String prefix) {
    Map<String, String> values = new TreeMap<>();
    root.values(prefix).forEach((key, value) -> values.put(key.utf8(), value.utf8()));
    return values;
  }

  @Override
  void forgetHistory() {
    putOutside();
    root.compact(root.revision());
  }

  @Override
  void noSpace(boolean on) {
    root.alarmNoSpace(on);
  }

  @Override
  void refuseLogin(boolean on) {
    root.changePassword(USER, on ? "another" : PASSWORD);
  }
}
