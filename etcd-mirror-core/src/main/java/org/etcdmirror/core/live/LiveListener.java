package org.etcdmirror.core.live;

/**
 * Receives the changes of a {@link LiveMap}. One thread of the map calls all its listeners, one
 * update after the other.
 *
 * <p>A slow listener delays neither the map nor the mirror. What changes meanwhile arrives as one
 * update, so a listener may not see the values in between. What a listener throws is logged, and it
 * gets the next update all the same. A listener may call every method of the map.
 */
@FunctionalInterface
public interface LiveListener<V> {

  /** The map has changed. */
  void onUpdate(LiveUpdate<V> update);
}
