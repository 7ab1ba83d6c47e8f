package org.etcdmirror.core.internal.checkpoint;

import java.util.HexFormat;
import org.etcdmirror.api.Bytes;

/**
 * Bytes as a part of one line of a checkpoint's note: as they are if they are plain text, else
 * {@code 0x} and hexadecimal.
 */
final class NoteText {

  private static final String HEX = "0x";

  private NoteText() {}

  static String of(Bytes bytes) {
    String text = bytes.utf8();
    boolean plain =
        !text.isEmpty()
            && !text.startsWith(HEX)
            && text.codePoints().noneMatch(Character::isISOControl)
            && Bytes.utf8(text).equals(bytes);
    return plain ? text : HEX + HexFormat.of().formatHex(bytes.toByteArray());
  }

  static String of(String text) {
    return of(Bytes.utf8(text));
  }

  /**
   * The bytes again.
   *
   * @throws IllegalArgumentException if it is none of {@link #of}
   */
  static Bytes parse(String note) {
    if (note.isEmpty()) {
      throw new IllegalArgumentException("the text is empty: ''; no bytes are written as '0x'");
    }
    return note.startsWith(HEX)
        ? Bytes.of(HexFormat.of().parseHex(note, HEX.length(), note.length()))
        : Bytes.utf8(note);
  }
}
