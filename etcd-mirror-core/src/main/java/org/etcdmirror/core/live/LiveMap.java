package org.etcdmirror.core.live;

import java.time.Duration;
import java.util.Optional;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.core.EtcdMirror;

/**
 * A live cache of a part of a source: the decoded values in memory, kept equal to the source by an
 * {@link EtcdMirror}. Reading asks no server and never waits.
 *
 * <pre>{@code
 * try (LiveMap<String> flags =
 *     LiveMap.builder(V3Source.of("http://a:2379"), Decoder.utf8())
 *         .prefix("/flags/")
 *         .listener(update -> update.changes().forEach(System.out::println))
 *         .start()) {
 *   flags.awaitLevel(Duration.ofSeconds(30));
 *   flags.get("/flags/color"); // the value of one key
 *   LiveView<String> all = flags.view(); // many keys as of one index
 * }
 * }</pre>
 *
 * <p><b>Each state is one of the source.</b> A view shows what the source held at one index: all
 * changes of a revision or none. While history is missing, the map stays at the last such state.
 * The resync that follows changes the map at once when it is complete, and listeners get only what
 * differs.
 *
 * <p><b>Failures.</b> The mirror recovers from lost connections and lost history by itself. While
 * it cannot, the map keeps its last state, and {@link #mirror()} has the {@linkplain
 * EtcdMirror#status state} and the {@linkplain EtcdMirror#failure failure}. A mirror that failed
 * stays so: build another map.
 *
 * <p><b>Memory</b> holds each key with its bytes and its decoded value, and about 300 bytes for
 * each key besides. The {@linkplain LiveMapBuilder#filter filter} leaves entries out. Nothing else
 * limits their number. The mirror buffers up to 8 MiB of events.
 *
 * <p>Nothing is stored: each start copies the prefix. Safe for use by many threads.
 */
public final class LiveMap<V> implements AutoCloseable {

  private final LiveSink<V> sink;
  private final Notifier<V> notifier;
  private final EtcdMirror mirror;

  LiveMap(LiveSink<V> sink, Notifier<V> notifier, EtcdMirror mirror) {
    this.sink = sink;
    this.notifier = notifier;
    this.mirror = mirror;
  }

  /**
   * A builder with the defaults.
   *
   * @param source where the values come from; the map closes it
   * @param decoder makes values of bytes
   */
  public static <V> LiveMapBuilder<V> builder(EventSource source, Decoder<V> decoder) {
    return new LiveMapBuilder<>(source, decoder);
  }

  void start() {
    notifier.start(mirror.link());
    mirror.start();
  }

  /**
   * The newest state. Empty, with index 0, until the first copy is complete; {@link #awaitLevel}
   * waits for that. Costs nothing.
   */
  public LiveView<V> view() {
    return sink.view();
  }

  /** The value at a key in the newest state. Use a {@link #view} for keys that belong together. */
  public Optional<V> get(String key) {
    return view().get(key);
  }

  /**
   * Waits until the map holds every change of the source through an index, such as the revision in
   * the answer of a put. Listeners may get the change a moment later.
   *
   * @return true if it does; false if that is not known when the time is over or the mirror ends,
   *     as {@link EtcdMirror#await} describes
   * @throws InterruptedException if the thread was interrupted
   */
  public boolean await(long index, Duration timeout) throws InterruptedException {
    return mirror.await(index, timeout);
  }

  /**
   * Waits until the map is equal to the source as it was at some moment after this call.
   *
   * @return true if it is; false if it is not when the time is over, and at once if the mirror
   *     failed, was closed or waits for an approval
   * @throws InterruptedException if the thread was interrupted
   */
  public boolean awaitLevel(Duration timeout) throws InterruptedException {
    return mirror.awaitLevel(timeout);
  }

  /** The mirror that fills this map: its state, its counters, its failure. */
  public EtcdMirror mirror() {
    return mirror;
  }

  /**
   * Ends the mirror and closes the source. Waits up to ten seconds for a listener that is running.
   * After that no listener is called. The last state stays readable. May be called any number of
   * times; a listener that calls it does not wait for itself.
   */
  @Override
  public void close() {
    notifier.close();
    mirror.close();
    notifier.awaitEnd();
  }
}
