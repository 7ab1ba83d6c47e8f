package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.jspecify.annotations.Nullable;

/**
 * Moves the writers of a keyspace from a mirror's source to its sink, for good, with a way back.
 *
 * <p>The mirror runs; the writers are stopped; then {@link #run} waits until the sink holds the
 * last change, verifies that both sides are equal, ends the mirror with a mark in its checkpoint
 * that bears both indexes, and stores where the reverse link begins. From then on the writers may
 * write to what was the sink, and a mirror of the {@linkplain MirrorScope#inverse() inverse scope}
 * keeps what was the source level from the first write on, without a copy. A mirror that was cut
 * over refuses to start again.
 *
 * <p>Going back is a cut-over of the reverse mirror.
 */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"})
public final class Cutover {

  private final EtcdMirror mirror;
  private final EventSource newSource;
  private final IndexStore reverseStore;

  private Cutover(Builder builder) {
    this.mirror = required(builder.mirror, "mirror");
    this.newSource = required(builder.newSource, "newSource");
    this.reverseStore = required(builder.reverseStore, "reverseStore");
  }

  private static <T> T required(@Nullable T part, String name) {
    if (part == null) {
      throw new IllegalStateException("a cut-over needs a " + name);
    }
    return part;
  }

  /** A builder. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Does it. The writers have been stopped, or are kept out. Closes the mirror, if it comes to
   * that; may be repeated after any failure, also in another process.
   *
   * @param timeout how long to wait for the sink to come level
   * @throws CutoverException if the sink is not level in time, both sides are not equal, or
   *     somebody still writes; the mirror runs on
   * @throws IOException if a side cannot be reached now
   */
  public CutoverReport run(Duration timeout) throws IOException, InterruptedException {
    throw new UnsupportedOperationException("cutover");
  }

  /** Collects what a cut-over is made of. Not safe for use by several threads. */
  public static final class Builder {

    private @Nullable EtcdMirror mirror;
    private @Nullable EventSource newSource;
    private @Nullable IndexStore reverseStore;

    private Builder() {}

    /** The running mirror. Required. */
    public Builder mirror(EtcdMirror mirror) {
      this.mirror = requireNonNull(mirror, "mirror");
      return this;
    }

    /** The mirror's sink as a source. Required; not closed. */
    public Builder newSource(EventSource source) {
      this.newSource = requireNonNull(source, "source");
      return this;
    }

    /**
     * Where the reverse link keeps its index: in the old source's cluster. Required; not closed.
     */
    public Builder reverseStore(IndexStore store) {
      this.reverseStore = requireNonNull(store, "store");
      return this;
    }

    /**
     * The cut-over; nothing is done yet.
     *
     * @throws IllegalStateException if something required is missing
     */
    public Cutover build() {
      return new Cutover(this);
    }
  }
}
