package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.internal.checkpoint.CutoverMark;
import org.etcdmirror.core.internal.cutover.CutoverCommit;
import org.etcdmirror.core.internal.cutover.ReverseLink;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Sides;
import org.etcdmirror.core.internal.side.Side;
import org.etcdmirror.core.internal.side.SideSource;
import org.etcdmirror.core.internal.side.SideStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the writers of a keyspace from a mirror's source to its sink, for good, with a way back.
 *
 * <p>Stop the writers while the mirror runs. Then {@link #run} waits until the sink holds the last
 * change, and verifies that both sides are equal. It ends the mirror with a mark in its checkpoint
 * that has both indexes, and stores where the reverse link begins. From then on the writers may
 * write to the old sink. A mirror of the {@linkplain MirrorScope#inverse() inverse scope} then
 * keeps the old source level from the first write on, without a copy. A mirror that was cut over
 * refuses to start again.
 *
 * <p>Stopping the writers is the caller's task. A write during the cut-over makes it fail, if the
 * cut-over sees it. A write to the old source after the cut-over is lost.
 *
 * <p>Going back is a cut-over of the reverse mirror. For one thread at a time.
 */
public final class Cutover {

  private static final Logger log = LoggerFactory.getLogger(Cutover.class);

  /** How many differences a refusal names. */
  private static final int TOLD = 10;

  /** The comparison of both sides. */
  @FunctionalInterface
  interface Verification {
    VerifyReport verify() throws IOException, InterruptedException;
  }

  /** How the link ended. */
  private record Ended(CutoverMark mark, VerifyReport verified) {

    /** In an earlier run, of whose comparison the mark tells. */
    Ended(CutoverMark mark) {
      this(mark, mark.verified());
    }
  }

  private final EtcdMirror mirror;
  private final Sides sides;
  private final EventSource newSource;
  private final Verification verification;
  private final ReverseLink reverse;
  private final Selection oldSelection;
  private final Selection newSelection;

  private Cutover(Builder builder) {
    this.mirror = required(builder.mirror, "mirror");
    this.newSource = new SideSource(Side.NEW_SOURCE, required(builder.newSource, "newSource"));
    this.verification = builder.verification == null ? mirror::verify : builder.verification;
    if (mirror.hasStandbys()) {
      throw new IllegalArgumentException(
          "link '%s' has standbys, which would take over; stop all members, and cut over by a mirror without standby(...)"
              .formatted(mirror.link()));
    }
    Settings settings = mirror.settings();
    this.sides = mirror.runtime().sides();
    if (newSource.keyModel() != sides.sink().keyModel()) {
      throw new IllegalArgumentException(
          "new source is not the mirror's sink: its keys are %s, those of the sink are %s; read the sink's cluster"
              .formatted(newSource.keyModel(), sides.sink().keyModel()));
    }
    IndexStore store = required(builder.reverseStore, "reverseStore");
    this.reverse = new ReverseLink(settings, sides, new SideStore(Side.REVERSE_STORE, store));
    this.oldSelection = sides.mapper().selection();
    this.newSelection = new Selection(sides.mapper().targetPrefixes(), settings.copiesExpiry());
  }

  private static <T> T required(@Nullable T part, String name) {
    if (part == null) {
      throw new IllegalArgumentException(
          "a cut-over needs a %s; call %s(...)".formatted(name, name));
    }
    return part;
  }

  /** Returns a builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** Whether a checkpoint is that of a link which a cut-over ended. */
  public static boolean hasEnded(Checkpoint stored) {
    return CutoverMark.isIn(stored);
  }

  /**
   * Runs the cut-over. Stop the writers before, or keep them out. Starts the mirror if it was never
   * started, and closes it at the end. May be repeated after any failure, also in another process.
   * If the mirror was already ended by a cut-over, this completes the remaining steps.
   *
   * @param timeout how long to wait for the sink to come level, before the comparison and again
   *     after it
   * @throws CutoverException if the sink is not level in time, both sides are not equal, a client
   *     still writes, or the arguments do not fit together; the mirror continues
   * @throws org.etcdmirror.api.PermanentException if the mirror or a side fails for good
   * @throws java.util.concurrent.CancellationException if the mirror was closed meanwhile
   * @throws IllegalStateException if the sink is not a {@link org.etcdmirror.api.ReadableSink}
   * @throws IOException if a side cannot be reached now; the mirror continues unless it has ended
   */
  public CutoverReport run(Duration timeout) throws IOException, InterruptedException {
    long began = System.nanoTime();
    boolean isNew = mirror.status().state() == MirrorState.CREATED;
    Ended ended = isNew ? storedMark() : null;
    if (ended == null) {
      if (isNew) {
        mirror.start();
      }
      ended = end(timeout);
    }
    mirror.close();
    reverse.arm(ended.mark());
    CutoverReport report =
        new CutoverReport(
            ended.mark().sourceIndex(),
            ended.mark().targetIndex(),
            ended.verified(),
            Duration.ofNanos(System.nanoTime() - began));
    log.info(LogEvent.CUTOVER_DONE.marker(), "[link={}] {}", mirror.link(), report.describe());
    return report;
  }

  /** The mark of a cut-over that was interrupted; no other mirror uses the store yet. */
  private @Nullable Ended storedMark() throws IOException, InterruptedException {
    return sides.indexStore().load().map(CutoverMark::of).map(Ended::new).orElse(null);
  }

  /** Up to the commit point, unless the mirror found that it was passed before. */
  private Ended end(Duration timeout) throws IOException, InterruptedException {
    boolean isOver = mirror.status().state().isFinal();
    CutoverMark found = mirror.cutoverCommit().awaitMark(isOver ? Duration.ZERO : timeout);
    if (found != null) {
      return new Ended(found);
    }
    awaitLevel(timeout);
    // In this order: what the mirror writes after the target's index counts as a change, and what
    // other clients write to the target is either found by the comparison or comes after it.
    long changes = mirror.runtime().progress().changes.get();
    SourceHead target = newSource.head(newSelection);
    reverse.refuseIfUsed(target);
    VerifyReport verified = verification.verify();
    if (!verified.isEqual()) {
      throw new CutoverException(
          "%s is not cut over: both sides are not proven equal: %s %s"
              .formatted(
                  mirror.link(),
                  verified.describe(),
                  verified.samples().stream().limit(TOLD).toList()));
    }
    CutoverCommit.Wish wish =
        new CutoverCommit.Wish(changes, target, verified, newSource, newSelection);
    return new Ended(mirror.cutoverCommit().end(wish, timeout), verified);
  }

  private void awaitLevel(Duration timeout) throws IOException, InterruptedException {
    if (!mirror.status().state().isFinal()) {
      SourceHead head = sides.source().head(oldSelection);
      if (mirror.await(head.index(), timeout)) {
        return;
      }
    }
    throw CutoverCommit.notLevel(mirror.status());
  }

  /** Collects the parts of a cut-over. Not safe for use by several threads. */
  public static final class Builder {

    private @Nullable EtcdMirror mirror;
    private @Nullable EventSource newSource;
    private @Nullable IndexStore reverseStore;
    private @Nullable Verification verification;

    private Builder() {}

    /** Sets the mirror, which runs or has not been started. Required. The cut-over closes it. */
    public Builder mirror(EtcdMirror mirror) {
      this.mirror = requireNonNull(mirror, "mirror");
      return this;
    }

    /** Sets the mirror's sink as a source. Required. Not closed. */
    public Builder newSource(EventSource source) {
      this.newSource = requireNonNull(source, "source");
      return this;
    }

    /**
     * Sets the store for the index of the reverse link, in the old source's cluster. Required. Not
     * closed. No mirror may use it meanwhile.
     */
    public Builder reverseStore(IndexStore store) {
      this.reverseStore = requireNonNull(store, "store");
      return this;
    }

    /** Another comparison, for tests. */
    Builder verification(Verification verification) {
      this.verification = verification;
      return this;
    }

    /**
     * Builds the cut-over. Changes nothing.
     *
     * @throws IllegalArgumentException if something required is missing, the mirror's scope has no
     *     {@linkplain MirrorScope#inverse() inverse}, or the new source cannot be the mirror's sink
     */
    public Cutover build() {
      return new Cutover(this);
    }
  }
}
