package org.etcdmirror.api.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;

/** Writes a word of a command that a person copies into a shell. */
public final class ShellWord {

  private static final Pattern NEEDS_NO_QUOTES = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private ShellWord() {}

  /** Quotes the text if a shell needs it. */
  public static String of(String text) {
    return NEEDS_NO_QUOTES.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /** Quotes a key. Bytes that are no plain text are written as bash reads them. */
  public static String of(Bytes key) {
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key.toByteArray())).toString();
      if (text.chars().noneMatch(Character::isISOControl)) {
        return of(text);
      }
    } catch (CharacterCodingException notText) {
      // Written byte by byte below.
    }
    StringBuilder word = new StringBuilder("$'");
    for (byte b : key.toByteArray()) {
      word.append("\\x%02x".formatted(b));
    }
    return word.append('\'').toString();
  }
}
