package org.etcdmirror.simulation.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A v2 cluster: a log of requests, and members that carry them out one after another. */
public final class V2Cluster {

  /** Stands for a directory's value; no client writes it as one. */
  public static final String DIRECTORY = "/";

  private static final int LONGEST_LOOK = 500_000_000;

  private final Network network;
  private final List<V2Member> members = new ArrayList<>();

  /** What a member without lag holds. */
  private V2Store store;

  private long id;
  private int restores;

  /** The expiry for which the leader looks next. */
  private long looksFor = V2Node.NEVER;

  private Consumer<String> onMirrorWrite = key -> {};
  private @Nullable V2Timeline timeline;

  /**
   * Creates a cluster without keys.
   *
   * @param name the host of its members
   */
  public V2Cluster(Network network, String name, long id, int size) {
    this.network = network;
    this.id = id;
    this.store = new V2Store(network.scheduler()::now);
    for (int i = 1; i <= size; i++) {
      V2Member member = new V2Member(network, this, i);
      members.add(member);
      network.add(name + i + ":2379", member);
    }
  }

  public V2Store store() {
    return store;
  }

  public List<V2Member> members() {
    return members;
  }

  /** Does something with the key of each write of a mirror, after it was carried out. */
  public void onMirrorWrite(Consumer<String> task) {
    onMirrorWrite = task;
  }

  /** Records each change from now on. */
  void record(V2Timeline timeline) {
    this.timeline = timeline;
    timeline.begin(store);
    store.recorder(timeline::happened);
  }

  /** How often the cluster was replaced. */
  public int restores() {
    return restores;
  }

  String idText() {
    return Long.toHexString(id).toLowerCase(Locale.ROOT);
  }

  /**
   * A request of a client that is no mirror. It may be refused.
   *
   * @param parameters as the API names them
   */
  public void write(String method, String key, Map<String, String> parameters) {
    write(List.of(new V2Request(method, key, parameters).at(network.scheduler().now())));
  }

  /** Values that are set as one step of the log. */
  public void burst(Map<String, String> puts) {
    List<V2Request> requests = new ArrayList<>();
    puts.forEach((key, value) -> requests.add(new V2Request("PUT", key, Map.of("value", value))));
    write(requests);
  }

  private void write(List<V2Request> requests) {
    commit(new V2Entry(requests, members.get(0), reply -> {}, network.random().nextBoolean()));
  }

  void ofClient(V2Member asked, V2Request request, Consumer<V2Reply> answer) {
    V2Request timed = request.at(network.scheduler().now());
    commit(new V2Entry(List.of(timed), asked, answer, false));
    if (!request.isRead()) {
      onMirrorWrite.accept(request.key());
    }
  }

  private void commit(V2Entry entry) {
    for (V2Request request : entry.requests()) {
      V2Reply unused = store.answer(request);
    }
    members.forEach(member -> member.willApply(entry));
    expireLater();
  }

  /** The leader looks for what has expired twice a second. */
  private void expireLater() {
    long next = store.nextExpiry();
    if (next < looksFor) {
      looksFor = next;
      long left = Math.max(0, next - network.scheduler().now());
      network.later(left + network.random().nextInt(LONGEST_LOOK), () -> expire(next));
    }
  }

  private void expire(long due) {
    if (looksFor == due) {
      looksFor = V2Node.NEVER;
    }
    long now = network.scheduler().now();
    if (store.nextExpiry() <= now) {
      commit(new V2Entry(List.of(V2Request.sync(now)), members.get(0), reply -> {}, false));
    } else {
      expireLater();
    }
  }

  /** Values by key, and {@link #DIRECTORY} of directories, as far as a reader is shown them. */
  public Map<String, String> shown(String top) {
    Map<String, String> found = new TreeMap<>();
    store
        .shownBelow(top)
        .forEach((key, node) -> found.put(key, node.value() == null ? DIRECTORY : node.value()));
    return found;
  }

  /** What the cluster holds now, to be put back later. */
  public V2Store backup() {
    return store.copy();
  }

  /**
   * Puts back a backup. All connections break.
   *
   * @param newId its id from now on
   */
  public void restore(V2Store backup, long newId) {
    replace(backup.copy(), newId);
  }

  /** Begins anew without keys. All connections break. */
  public void wipe(long newId) {
    replace(new V2Store(network.scheduler()::now), newId);
  }

  private void replace(V2Store with, long newId) {
    store = with;
    if (timeline != null) {
      record(timeline);
    }
    id = newId;
    restores++;
    expireLater();
    members.forEach(V2Member::restarted);
  }

  public long id() {
    return id;
  }
}
