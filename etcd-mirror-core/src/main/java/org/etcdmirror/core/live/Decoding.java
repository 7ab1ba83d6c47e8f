package org.etcdmirror.core.live;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.etcdmirror.api.MirrorEvent.Put;

/** A decoder, and what to do where it fails. */
record Decoding<V>(Decoder<V> decoder, UndecodableHandler<V> handler) {

  /** The state with what was put. */
  LiveView<V> put(LiveView<V> state, Put put) throws InterruptedException {
    V value;
    try {
      value = requireNonNull(decoder.decode(put.key(), put.value()), "decoder returned null");
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      Undecodable<V> bad =
          new Undecodable<>(
              put.key(), put.value(), put.index(), e, state.get(put.key()).orElse(null));
      Optional<V> instead = handler.instead(bad);
      return state.with(
          bad, requireNonNull(instead, "handler of undecodable values returned null"));
    }
    return state.with(put.key(), value);
  }
}
