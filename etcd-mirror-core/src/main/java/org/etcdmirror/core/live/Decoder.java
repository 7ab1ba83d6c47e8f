package org.etcdmirror.core.live;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.etcdmirror.api.Bytes;

/**
 * Makes the values of a {@link LiveMap} from bytes. Called once for each new content of a key, by
 * one thread at a time, which writes nothing else meanwhile. So it must be quick.
 */
@FunctionalInterface
public interface Decoder<V> {

  /**
   * Decodes a value.
   *
   * @param key the key, by which a map may hold values of several kinds
   * @param value all bytes of the value
   * @return the decoded value, never null; readers share it, so it should be immutable
   * @throws Exception if the bytes are no such value; the {@link UndecodableHandler} decides then.
   *     An {@link Error} ends the mirror
   */
  V decode(Bytes key, Bytes value) throws Exception;

  /** Values that are text. Bytes that are not UTF-8 are undecodable. */
  static Decoder<String> utf8() {
    return (key, value) ->
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value.toByteArray())).toString();
  }
}
