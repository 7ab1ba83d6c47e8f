package org.etcdmirror.v2.internal.inspect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.internal.ClusterInspector;
import org.etcdmirror.api.internal.HidingCluster;
import org.etcdmirror.api.internal.MissingRight;
import org.etcdmirror.api.internal.ShellWord;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.index.V2Link;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.etcdmirror.v2.internal.read.V2Tree;
import org.jspecify.annotations.Nullable;

/** Inspects an etcd v2 cluster. */
final class V2Inspector implements ClusterInspector, HidingCluster {

  private final V2Client client;
  private final V2Permits permits;
  private final Access access;

  V2Inspector(List<String> endpoints, Access access) {
    this.client = V2Client.connect(endpoints, access);
    this.permits = new V2Permits(client);
    this.access = access;
  }

  @Override
  public List<MissingRight> missingToRead(List<Bytes> prefixes)
      throws IOException, InterruptedException {
    return missing(List.of(below(V2Tree.commonAncestor(prefixes))), false);
  }

  @Override
  public List<MissingRight> missingToWrite(
      List<Bytes> prefixes, String link, @Nullable Bytes indexKey)
      throws IOException, InterruptedException {
    V2Link index = V2Link.called(link);
    List<String> patterns =
        Stream.concat(
                prefixes.stream().map(V2Paths::path).map(V2Inspector::below),
                Stream.of(index.indexKey(), index.metaKey()))
            .toList();
    return missing(patterns, true);
  }

  @Override
  public List<MissingRight> missingToLead(String link) throws IOException, InterruptedException {
    V2Link election = V2Link.called(link);
    return missing(List.of(election.leaderKey(), election.noticeKey()), true);
  }

  @Override
  public List<MissingRight> missingToSeeLinks() throws IOException, InterruptedException {
    return missing(List.of(below(V2Paths.INDEXES)), false);
  }

  @Override
  public Search findHidden(List<Bytes> prefixes) throws IOException, InterruptedException {
    return new HiddenSearch(client, prefixes).run();
  }

  /** The pattern of everything under a path. */
  private static String below(String path) {
    return path.equals(V2Paths.ROOT) ? "/*" : path + "/*";
  }

  private List<MissingRight> missing(List<String> patterns, boolean writes)
      throws IOException, InterruptedException {
    List<MissingRight> missing = new ArrayList<>();
    for (String pattern : patterns) {
      boolean reads = permits.read(pattern);
      if (!reads || (writes && !permits.write(pattern))) {
        missing.add(missing(pattern, writes));
      }
    }
    return missing;
  }

  private MissingRight missing(String pattern, boolean writes) {
    boolean isGuest = access.user() == null && access.cert() == null;
    String grant =
        "ETCDCTL_API=2 etcdctl -u root role grant %s --path %s %s"
            .formatted(
                isGuest ? "guest" : "ROLE",
                ShellWord.of(pattern),
                writes ? "--readwrite" : "--read");
    return new MissingRight(
        "%s lacks %s on '%s'".formatted(who(), writes ? "readwrite" : "read", pattern),
        isGuest
            ? grant + "; or give a user and a password file"
            : grant + " (ROLE is a role of the user, which only root may see)");
  }

  /** Without a user, etcd takes the role guest. */
  private String who() {
    if (access.user() != null) {
      return "user '%s' has the wrong password or".formatted(access.user());
    }
    return access.cert() == null ? "the role guest" : "the user of the client certificate";
  }

  @Override
  public void close() {
    client.close();
  }
}
