package org.etcdmirror.simulation.model;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.v3.rpc.DeleteRangeRequest;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;

/** A v3 cluster: one store, members that come to its revisions later, and leases. */
public final class V3Cluster {

  private static final class Lease {
    final long granted;
    long due;

    Lease(long granted, long due) {
      this.granted = granted;
      this.due = due;
    }
  }

  private final Network network;
  private final List<V3Member> members = new ArrayList<>();
  private final Map<Long, Lease> leases = new TreeMap<>();

  /** The seconds of each lease that there ever was: a backup holds its leases, too. */
  private final Map<Long, Long> granted = new TreeMap<>();

  private long id;
  private V3Store store = new V3Store();

  /** What it held before backups were put back, the oldest first. */
  private final List<V3Store> former = new ArrayList<>();

  private int restores;
  private Runnable onMirrorWrite = () -> {};

  /**
   * Creates a cluster without keys.
   *
   * @param name the host of its members
   */
  public V3Cluster(Network network, String name, long id, int size) {
    this.network = network;
    this.id = id;
    for (int i = 1; i <= size; i++) {
      V3Member member = new V3Member(network, this, i);
      members.add(member);
      network.add(name + i + ":2379", member);
    }
  }

  public V3Store store() {
    return store;
  }

  /** Does something after each revision that a mirror has made. */
  public void onMirrorWrite(Runnable task) {
    onMirrorWrite = task;
  }

  /** The stores before backups were put back, and the present one. */
  public List<V3Store> histories() {
    List<V3Store> all = new ArrayList<>(former);
    all.add(store);
    return all;
  }

  /**
   * Whether a former history put a key at the revision of the next write, or any key on a lease,
   * which is no anchor. A change at the same revision in another history is then not noticed.
   */
  public boolean mayCoincide(String key) {
    ByteString wanted = ByteString.copyFromUtf8(key);
    long next = store.revision() + 1;
    return former.stream()
        .filter(history -> history.revision() >= next)
        .flatMap(history -> history.keys(next).values().stream())
        .filter(found -> found.getModRevision() == next)
        .anyMatch(found -> found.getKey().equals(wanted) || found.getLease() != 0);
  }

  /** How often a backup was put back. */
  public int restores() {
    return restores;
  }

  public List<V3Member> members() {
    return members;
  }

  /**
   * Changes of a client that is no mirror.
   *
   * @param lease that of the puts; 0 for none
   */
  public void write(Map<String, String> puts, List<String> deletes, long lease) {
    TxnRequest.Builder request = TxnRequest.newBuilder();
    puts.forEach((key, value) ->
        request.addSuccess(
            RequestOp.newBuilder()
                .setRequestPut(
                    PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))
                        .setLease(lease))));
    for (String key : deletes) {
      request.addSuccess(
          RequestOp.newBuilder()
              .setRequestDeleteRange(
                  DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key))));
    }
    TxnResponse unused = txn(request.build());
  }

  TxnResponse ofMirror(TxnRequest request) {
    long before = store.revision();
    TxnResponse answer = txn(request);
    if (store.revision() > before) {
      onMirrorWrite.run();
    }
    return answer;
  }

  private TxnResponse txn(TxnRequest request) {
    long before = store.revision();
    TxnResponse answer = store.txn(request);
    if (store.revision() > before) {
      members.forEach(V3Member::willApply);
    }
    return answer;
  }

  /** The keys by prefix, as text, at a revision. */
  public Map<String, String> values(String prefix, long revision) {
    return values(store, prefix, revision);
  }

  /** The same of a store. */
  public static Map<String, String> values(V3Store store, String prefix, long revision) {
    Map<String, String> found = new TreeMap<>();
    store
        .keys(revision)
        .forEach((key, entry) -> {
          if (key.toStringUtf8().startsWith(prefix)) {
            found.put(key.toStringUtf8(), entry.getValue().toStringUtf8());
          }
        });
    return found;
  }

  /** Compacts history behind a revision, on each member. */
  public void compact(long revision) {
    store.compact(revision);
    members.forEach(V3Member::willCompact);
  }

  /**
   * Puts back what the cluster held at a revision. All its connections break.
   *
   * @param newId its id from now on
   */
  public void restore(long revision, long newId) {
    former.add(store);
    store = store.restored(revision);
    id = newId;
    restores++;
    bringLeasesBack();
    members.forEach(V3Member::restarted);
  }

  private void bringLeasesBack() {
    for (KeyValue entry : store.keys(store.revision()).values()) {
      long lease = entry.getLease();
      if (lease != 0 && !hasLease(lease)) {
        boolean unused = grant(lease, granted.getOrDefault(lease, 1L));
      }
    }
  }

  /** Begins anew without keys. All connections break. */
  public void wipe(long newId) {
    former.add(store);
    store = new V3Store();
    id = newId;
    leases.clear();
    restores++;
    members.forEach(V3Member::restarted);
  }

  public long id() {
    return id;
  }

  ResponseHeader header(V3Member member, long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(id)
        .setMemberId(member.number())
        .setRaftTerm(2 + restores)
        .setRevision(revision)
        .build();
  }

  /** Grants a lease; false if it is there already. */
  public boolean grant(long lease, long seconds) {
    if (leases.containsKey(lease)) {
      return false;
    }
    Lease added = new Lease(seconds, 0);
    granted.put(lease, seconds);
    leases.put(lease, added);
    keepAlive(lease);
    return true;
  }

  /** Begins the time of a lease again; the granted seconds, or 0 if there is none. */
  public long keepAlive(long lease) {
    Lease found = leases.get(lease);
    if (found == null) {
      return 0;
    }
    Scheduler scheduler = network.scheduler();
    found.due = scheduler.after(found.granted * 1_000_000_000L);
    network.later(found.granted * 1_000_000_000L, () -> endIfDue(lease));
    return found.granted;
  }

  private void endIfDue(long lease) {
    Lease found = leases.get(lease);
    if (found != null && found.due <= network.scheduler().now()) {
      revoke(lease);
    }
  }

  /** Ends a lease and deletes its keys; false if there is none. */
  public boolean revoke(long lease) {
    if (leases.remove(lease) == null) {
      return false;
    }
    List<String> keys =
        store.keys(store.revision()).values().stream()
            .filter(entry -> entry.getLease() == lease)
            .map(entry -> entry.getKey().toStringUtf8())
            .toList();
    if (!keys.isEmpty()) {
      write(Map.of(), keys, 0);
    }
    return true;
  }

  public boolean hasLease(long lease) {
    return leases.containsKey(lease);
  }

  /** The seconds that a lease has left, and that it was granted; null if there is none. */
  long @org.jspecify.annotations.Nullable [] timeToLive(long lease) {
    Lease found = leases.get(lease);
    return found == null
        ? null
        : new long[] {
          Math.max(0, (found.due - network.scheduler().now()) / 1_000_000_000L), found.granted
        };
  }
}
