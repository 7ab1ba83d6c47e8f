package org.etcdmirror.core;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.OutcomeUnknownException.Touched;

/** A sink whose writes can get lost on the way and land on request. */
class LateSink extends FakeSink {

  static final String SLOW = "http://slow:1";

  private final Set<String> away = ConcurrentHashMap.newKeySet();
  private final List<MirrorEvent> underWay = new ArrayList<>();
  private volatile Duration late = Duration.ofMillis(20);
  private volatile Runnable beforeApply = () -> {};
  private final Set<Bytes> lostKeys = new HashSet<>();
  private int toLose;
  private int keysToLose;

  LateSink(KeyModel model) {
    super(model);
  }

  /** The next batches are lost on the way to {@link #SLOW}. */
  synchronized void loseNext(int batches) {
    toLose = batches;
  }

  /** Loses batches until this many keys are lost; no key is lost twice. */
  synchronized void loseKeys(int keys) {
    keysToLose = keys;
  }

  void isAway(boolean now) {
    if (now) {
      away.add(SLOW);
    } else {
      away.remove(SLOW);
    }
  }

  void lateEffects(Duration time) {
    late = time;
  }

  void beforeApply(Runnable look) {
    beforeApply = look;
  }

  /** How many writes are lost and have not landed. */
  synchronized int underWay() {
    return underWay.size();
  }

  /** Carries out all lost writes now, after newer ones. */
  synchronized void land() {
    underWay.forEach(event -> held.apply(EventBatch.of(List.of(event), event.index(), 0)));
    underWay.clear();
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    beforeApply.run();
    synchronized (this) {
      List<Bytes> keys = batch.events().stream().map(MirrorEvent::key).toList();
      boolean moreKeys = lostKeys.size() < keysToLose && !lostKeys.containsAll(keys);
      if ((toLose > 0 || moreKeys) && !keys.isEmpty()) {
        toLose = Math.max(0, toLose - 1);
        lostKeys.addAll(keys);
        underWay.addAll(batch.events());
        throw new OutcomeUnknownException(
            "no answer from " + SLOW,
            batch.events().stream()
                .map(event -> new Touched(event.key(), event instanceof DeleteTree, SLOW))
                .toList(),
            null);
      }
    }
    super.apply(batch);
  }

  @Override
  public Duration lateEffects() {
    return late;
  }

  @Override
  public boolean answers(String endpoint) throws InterruptedException {
    try {
      faults.at("answers");
    } catch (IOException e) {
      return false;
    }
    return !away.contains(endpoint);
  }
}
