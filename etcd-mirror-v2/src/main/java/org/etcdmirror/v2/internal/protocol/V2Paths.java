package org.etcdmirror.v2.internal.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/** Keys as paths: what v2 can hold, and how a path is written in a URL. */
public final class V2Paths {

  public static final String ROOT = "/";

  /**
   * The directory in which mirrors keep their indexes. Hidden, so that no read from above sees it,
   * and no watch but for what it finds in history.
   */
  public static final String INDEXES = OwnKeys.TREE;

  private static final String HEX = "0123456789ABCDEF";

  private V2Paths() {}

  /**
   * The key as a path.
   *
   * @throws PermanentException if v2 cannot hold such a key
   */
  public static String path(Bytes key) {
    return checked(text(key, "key", key));
  }

  /**
   * Bytes as text.
   *
   * @throws PermanentException if they are not UTF-8; {@code what} and {@code key} name them
   */
  static String text(Bytes bytes, String what, Bytes key) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new PermanentException(
          "etcd v2 cannot hold the %s of '%s': it is not UTF-8".formatted(what, key), e);
    }
  }

  /**
   * Makes sure that bytes are UTF-8.
   *
   * @throws PermanentException if not; {@code what} and {@code key} name them
   */
  public static void requireText(Bytes bytes, String what, Bytes key) {
    for (int i = 0; i < bytes.size(); i++) {
      if (bytes.at(i) < 0) {
        text(bytes, what, key);
        return;
      }
    }
  }

  /** Whether bytes are UTF-8. */
  public static boolean isText(Bytes bytes) {
    try {
      requireText(bytes, "content", Bytes.EMPTY);
      return true;
    } catch (PermanentException e) {
      return false;
    }
  }

  /** The same path, if v2 can hold it: etcd answers any other spelling with a redirect. */
  public static String checked(String path) {
    String flaw = flaw(path);
    if (flaw != null) {
      throw new PermanentException("etcd v2 cannot hold the key '%s': %s".formatted(path, flaw));
    }
    return path;
  }

  /** Why v2 cannot hold the path; null if it can. */
  public static @Nullable String flaw(String path) {
    if (!path.startsWith(ROOT)) {
      return "the leading slash is missing";
    }
    for (String segment : segments(path)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return "a segment is '" + segment + "'";
      }
    }
    return null;
  }

  /** The segments; none for the root. */
  public static List<String> segments(String path) {
    return path.equals(ROOT) ? List.of() : List.of(path.substring(1).split("/", -1));
  }

  /** The directories above the path from the top down, without the root. */
  public static List<String> properAncestors(String path) {
    List<String> ancestors = new ArrayList<>();
    for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
      ancestors.add(path.substring(0, slash));
    }
    return ancestors;
  }

  /** Whether {@code path} is {@code top} or lies below it. */
  public static boolean covers(String top, String path) {
    return top.equals(ROOT)
        || (path.startsWith(top)
            && (path.length() == top.length() || path.charAt(top.length()) == '/'));
  }

  /** Whether a segment below {@code top} begins with an underscore, which hides it from reads. */
  public static boolean hiddenBelow(String top, String path) {
    return path.indexOf("/_", top.equals(ROOT) ? 0 : top.length()) >= 0;
  }

  /** The path in a URL: everything but the unreserved characters is escaped. */
  public static String encode(String path) {
    StringBuilder encoded = new StringBuilder(path.length() + 16);
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c == '/' || isUnreserved(c)) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
      }
    }
    return encoded.toString();
  }

  private static boolean isUnreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }
}
