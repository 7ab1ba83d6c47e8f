package org.etcdmirror.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.PermanentException;

/** What a source or sink may do about a damaged answer, other than to use it. */
final class Refusal {

  private static final int LONGEST = 2_000;

  private Refusal() {}

  /** It fails with one of the types that the engine knows, and one line names the server. */
  static void check(Throwable thrown, URI server) {
    check(thrown);
    assertThat(thrown.getMessage()).contains(server.toString());
  }

  /**
   * The same of a mirror, where a wrong answer may also show as a difference between the sides, or
   * between two indexes.
   */
  static void checkSide(Throwable thrown, URI server) {
    check(thrown);
    assertThat(thrown.getMessage()).containsAnyOf(server.toString(), "source", "sink", "index");
  }

  private static void check(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOfAny(IOException.class, PermanentException.class, LostEventsException.class);
    assertThat(thrown.getMessage())
        .hasSizeLessThan(LONGEST)
        .doesNotContain("java.", "Exception", "\n");
  }
}
