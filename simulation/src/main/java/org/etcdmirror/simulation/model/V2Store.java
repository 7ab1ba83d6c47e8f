package org.etcdmirror.simulation.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.etcdmirror.simulation.model.V2Refusal.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The store of the v2 API as one member has it: keys and directories, an index that counts all
 * changes, and the last 1000 of these. Facts are of etcd 3.4.
 */
public final class V2Store {

  static final String ROOT = "/";

  /** A member's start and the version of its cluster come before the first key. */
  private static final int FIRST_INDEX = 4;

  private static final int KEPT = 1000;

  private final NavigableMap<String, V2Node> nodes = new TreeMap<>();
  private final List<V2Event> history = new ArrayList<>();
  private final V2Hub hub = new V2Hub();

  /** The indexes of refreshes, of which no watch is told. */
  private final Set<Long> refreshes = new HashSet<>();

  private final LongSupplier clock;
  private Consumer<V2Event> recorder = event -> {};
  private long index;

  /** The store of a new cluster. */
  V2Store(LongSupplier clock) {
    this.clock = clock;
    for (int i = 0; i < FIRST_INDEX; i++) {
      internal();
    }
  }

  /** A store with the same keys and history, and no watches. */
  private V2Store(V2Store other) {
    clock = other.clock;
    install(other);
  }

  /** Takes over what another store holds. The watches are told nothing of it. */
  void install(V2Store other) {
    nodes.clear();
    nodes.putAll(other.nodes);
    history.clear();
    history.addAll(other.history);
    refreshes.clear();
    refreshes.addAll(other.refreshes);
    index = other.index;
  }

  V2Store copy() {
    return new V2Store(this);
  }

  /** The index of the newest change. */
  public long index() {
    return index;
  }

  long now() {
    return clock.getAsLong();
  }

  V2Hub hub() {
    return hub;
  }

  /** Does something with each change from now on. */
  void recorder(Consumer<V2Event> recorder) {
    this.recorder = recorder;
  }

  /** Values and directories by key, as far as a reader from above is shown them. */
  public NavigableMap<String, V2Node> shownBelow(String top) {
    NavigableMap<String, V2Node> found = new TreeMap<>();
    nodes.forEach((key, node) -> {
      if (covers(top, key) && !isHidden(top, key)) {
        found.put(key, node);
      }
    });
    return found;
  }

  /** All keys and directories. */
  public NavigableMap<String, V2Node> nodes() {
    return nodes;
  }

  /** A change that is not of the keyspace. */
  V2Event internal() {
    index++;
    return done(new V2Event(V2Event.INTERNAL, new V2Node("", "", index, index), null), null);
  }

  /** Carries out a write, or a read. */
  V2Reply answer(V2Request request) {
    try {
      if (request.isSync()) {
        expire(request.number("now"));
        return new V2Reply(200, index, "");
      }
      if (request.isRead()) {
        V2Node node = find(request.key());
        return new V2Reply(200, index, V2Text.get(this, node, request.is("recursive")));
      }
      V2Event event = write(request);
      boolean created =
          event.before() == null
              && (event.action().equals("set") || event.action().equals("create"));
      String body =
          request.is("noValueOnSuccess")
              ? "{\"action\":\"" + event.action() + "\"}\n"
              : event.json(now());
      return new V2Reply(created ? 201 : 200, event.index(), body);
    } catch (V2Refusal e) {
      return e.reply();
    }
  }

  private V2Event write(V2Request request) {
    String key = request.key();
    boolean compares = request.number("prevIndex") > 0 || !request.text("prevValue").isEmpty();
    if (request.method().equals("DELETE")) {
      return compares ? compareAndDelete(request) : delete(request);
    }
    if (key.equals(ROOT)) {
      throw refused(Kind.ROOT_READ_ONLY, ROOT);
    }
    if (request.has("prevExist") && !request.is("prevExist")) {
      return create(request);
    }
    if (compares) {
      return compareAndSwap(request);
    }
    return request.is("prevExist") ? update(request) : set(request);
  }

  private @Nullable String newValue(V2Request request) {
    return request.is("dir") ? null : request.text("value");
  }

  private V2Event set(V2Request request) {
    V2Node before = nodes.get(request.key());
    if (before != null && before.isDirectory()) {
      throw refused(Kind.NOT_A_FILE, request.key());
    }
    return put("set", request, newValue(request), before, index + 1);
  }

  private V2Event create(V2Request request) {
    makeParents(request.key());
    if (nodes.containsKey(request.key())) {
      throw refused(Kind.KEY_EXISTS, request.key());
    }
    return put("create", request, newValue(request), null, index + 1);
  }

  private V2Event update(V2Request request) {
    V2Node before = find(request.key());
    if (before.isDirectory() && !request.text("value").isEmpty()) {
      throw refused(Kind.NOT_A_FILE, request.key());
    }
    String value = request.is("refresh") ? before.value() : request.text("value");
    return put("update", request, before.isDirectory() ? null : value, before, before.created());
  }

  private V2Event compareAndSwap(V2Request request) {
    V2Node before = compared(request);
    return put("compareAndSwap", request, request.text("value"), before, before.created());
  }

  private V2Node compared(V2Request request) {
    V2Node found = find(request.key());
    if (found.isDirectory()) {
      throw refused(Kind.NOT_A_FILE, request.key());
    }
    long wanted = request.number("prevIndex");
    String value = request.text("prevValue");
    if (wanted > 0 && wanted != found.modified()) {
      throw refused(Kind.COMPARE_FAILED, "[%d != %d]".formatted(wanted, found.modified()));
    }
    if (!value.isEmpty() && !value.equals(found.value())) {
      throw refused(Kind.COMPARE_FAILED, "[%s != %s]".formatted(value, found.value()));
    }
    return found;
  }

  private V2Event put(
      String action,
      V2Request request,
      @Nullable String value,
      @Nullable V2Node before,
      long created) {
    String key = request.key();
    makeParents(key);
    index++;
    V2Node node = new V2Node(key, value, index, created, request.expires());
    // A directory that is changed keeps its index; only the event has the new one.
    long kept = before != null && before.isDirectory() ? before.modified() : index;
    nodes.put(key, new V2Node(key, value, kept, created, node.expires()));
    if (request.is("refresh")) {
      refreshes.add(index);
    }
    return done(new V2Event(action, node, before), null);
  }

  private void expire(long now) {
    List<V2Node> due = new ArrayList<>(nodes.values());
    due.removeIf(node -> node.expires() > now);
    due.sort(Comparator.comparingLong(V2Node::expires));
    for (V2Node node : due) {
      if (nodes.containsKey(node.key())) {
        V2Event unused = remove("expire", node, keysBelow(node.key()));
      }
    }
  }

  /** When the next key goes; {@link V2Node#NEVER} if none does. */
  public long nextExpiry() {
    return nodes.values().stream().mapToLong(V2Node::expires).min().orElse(V2Node.NEVER);
  }

  /** Directories that are made for a key have its index, and no event. */
  private void makeParents(String key) {
    for (int slash = key.indexOf('/', 1); slash > 0; slash = key.indexOf('/', slash + 1)) {
      String parent = key.substring(0, slash);
      V2Node found = nodes.get(parent);
      if (found == null) {
        nodes.put(parent, new V2Node(parent, null, index + 1, index + 1));
      } else if (!found.isDirectory()) {
        throw refused(Kind.NOT_A_DIRECTORY, parent);
      }
    }
  }

  private V2Event delete(V2Request request) {
    String key = request.key();
    if (key.equals(ROOT)) {
      throw refused(Kind.ROOT_READ_ONLY, ROOT);
    }
    V2Node before = find(key);
    boolean recursive = request.is("recursive");
    List<String> below = keysBelow(key);
    if (before.isDirectory() && !recursive && !request.is("dir")) {
      throw refused(Kind.NOT_A_FILE, key);
    }
    if (!below.isEmpty() && !recursive) {
      throw refused(Kind.NOT_EMPTY, key);
    }
    return remove("delete", before, below);
  }

  private V2Event compareAndDelete(V2Request request) {
    return remove("compareAndDelete", compared(request), List.of());
  }

  private V2Event remove(String action, V2Node before, List<String> below) {
    index++;
    List<String> gone = new ArrayList<>(below);
    gone.add(before.key());
    gone.forEach(nodes::remove);
    V2Node told = new V2Node(before.key(), "", index, before.created());
    V2Event event = new V2Event(action, told, before);
    return done(event, known -> gone.forEach(path -> known.removed(event, path)));
  }

  private List<String> keysBelow(String key) {
    return new ArrayList<>(nodes.subMap(key + "/", key + "0").keySet());
  }

  private V2Event done(V2Event event, @Nullable Consumer<V2Hub> removals) {
    if (removals != null) {
      removals.accept(hub);
    }
    recorder.accept(event);
    history.add(event);
    if (history.size() > KEPT) {
      refreshes.remove(history.remove(0).index());
    }
    if (!refreshes.contains(event.index())) {
      hub.happened(event);
    }
    return event;
  }

  private V2Node find(String key) {
    if (key.equals(ROOT)) {
      return new V2Node(ROOT, null, 0, 0);
    }
    for (int slash = key.indexOf('/', 1); slash > 0; slash = key.indexOf('/', slash + 1)) {
      V2Node parent = nodes.get(key.substring(0, slash));
      if (parent == null) {
        throw refused(Kind.KEY_NOT_FOUND, key.substring(0, slash));
      }
      if (!parent.isDirectory()) {
        throw refused(Kind.NOT_A_DIRECTORY, parent.key());
      }
    }
    V2Node found = nodes.get(key);
    if (found == null) {
      throw refused(Kind.KEY_NOT_FOUND, key);
    }
    return found;
  }

  /** What a reader is shown right below a directory. */
  List<V2Node> shown(String directory) {
    String prefix = directory.equals(ROOT) ? ROOT : directory + "/";
    List<V2Node> found = new ArrayList<>();
    for (V2Node node : nodes.tailMap(prefix, false).values()) {
      if (!node.key().startsWith(prefix)) {
        break;
      }
      if (node.key().indexOf('/', prefix.length()) < 0
          && node.key().charAt(prefix.length()) != '_') {
        found.add(node);
      }
    }
    return found;
  }

  /**
   * The first change in history that a watch from an index is shown; null if there is none. Unlike
   * a live watch it is shown hidden keys, and the removal of what its own name begins with.
   */
  @Nullable V2Event firstInHistory(V2Request watch) {
    long from = watch.number("waitIndex");
    long oldest = history.get(0).index();
    if (from < oldest) {
      throw refused(
          Kind.CLEARED, "the requested history has been cleared [%d/%d]".formatted(oldest, from));
    }
    String key = watch.key();
    for (V2Event event :
        history.subList((int) Math.min(from - oldest, history.size()), history.size())) {
      String changed = event.node().key();
      V2Node before = event.before();
      boolean isAbove =
          event.deletes() && before != null && before.isDirectory() && key.startsWith(before.key());
      boolean isTold = !refreshes.contains(event.index());
      if (isTold
          && (changed.equals(key) || (watch.is("recursive") && isBelow(key, changed)) || isAbove)) {
        return event;
      }
    }
    return null;
  }

  private V2Refusal refused(Kind kind, String why) {
    return new V2Refusal(kind, why, index);
  }

  private static boolean isBelow(String top, String key) {
    return key.startsWith(top.equals(ROOT) ? ROOT : top + "/");
  }

  /** Whether a key is another one or lies below it. */
  public static boolean covers(String top, String key) {
    return key.equals(top) || isBelow(top, key);
  }

  /** Whether a segment below the top begins with an underscore. */
  public static boolean isHidden(String top, String key) {
    return key.length() > top.length()
        && key.indexOf("/_", top.equals(ROOT) ? 0 : top.length()) >= 0;
  }
}
