package org.etcdmirror.core.internal.keys;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.DisplayText;

/**
 * Matches a pattern of a person's, or one that a checkpoint holds, against a key, with bounded
 * work. Java's matcher goes back and tries again, so a pattern such as {@code (a+)+b} may take
 * hours for a key of a few hundred bytes, or all of a thread's stack for one of a few thousand.
 */
final class PatternMatch {

  /** Far more than a sane pattern needs for the longest key; a fraction of a second. */
  private static final int MOST_READS = 20_000_000;

  private PatternMatch() {}

  /**
   * Whether the whole text matches.
   *
   * @throws PermanentException if that cannot be found out with bounded work: what a pattern leaves
   *     out must not be guessed
   */
  static boolean matches(Pattern pattern, String text) {
    try {
      return pattern.matcher(new Counted(text, 0, text.length(), new AtomicInteger())).matches();
    } catch (TooManyReadsException | StackOverflowError tooMuch) {
      throw new PermanentException(
          "pattern '%s' takes too long to match the key '%s' of %d characters; write a pattern without nested repetitions"
              .formatted(DisplayText.of(pattern), DisplayText.of(text), text.length()));
    }
  }

  private static final class TooManyReadsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooManyReadsException() {
      super("the pattern read too many characters", null, false, false);
    }
  }

  /** Counts what is read of a text, also through its parts. */
  private record Counted(String text, int start, int end, AtomicInteger reads)
      implements CharSequence {

    @Override
    public int length() {
      return end - start;
    }

    @Override
    public char charAt(int index) {
      if (reads.getAndIncrement() == MOST_READS) {
        throw new TooManyReadsException();
      }
      return text.charAt(start + index);
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return new Counted(text, start + from, start + to, reads);
    }

    @Override
    public String toString() {
      return text.substring(start, end);
    }
  }
}
