package org.etcdmirror.core.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.CapturedLog;
import org.etcdmirror.core.MirrorScope.Rule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrefixCheckTest {

  private final CapturedLog log = new CapturedLog();

  @AfterEach
  void close() {
    log.close();
  }

  private static Rule rule(String from, String to) {
    return new Rule(Bytes.utf8(from), Bytes.utf8(to));
  }

  private static PrefixCheck check(Rule... rules) {
    return new PrefixCheck(List.of(rules));
  }

  private static Put put(String key) {
    return new Put(Bytes.utf8(key), Bytes.EMPTY, 1, null);
  }

  @Test
  void prefixWithoutAnEntryIsWarnedOfOnce() {
    PrefixCheck check = check(rule("/a", "/a"), rule("/b", "/b"));
    check.found(0, put("/a/x"));
    check.found(-1, put("/b/x"));
    check.warnOfEmpty("link");
    check.warnOfEmpty("link");
    assertThat(log.warnings())
        .containsExactly("[link=link] nothing is under '/b' in the source; check the prefix");
  }

  @Test
  void directoryOfThePrefixItselfIsNoEntryBelowIt() {
    PrefixCheck check = check(rule("/a", "/a"), rule("/b", "/b"), rule("/c", "/c"));
    check.found(0, new MakeDirectory(Bytes.utf8("/a"), 1, null));
    check.found(1, new MakeDirectory(Bytes.utf8("/b/d"), 1, null));
    check.found(2, put("/c"));
    check.warnOfEmpty("link");
    assertThat(log.warnings()).singleElement().asString().contains("'/a'");
  }

  @Test
  void slashOnOneSideOfARenameIsWarnedOfWithAnExample() {
    check(rule("/a", "/b/"), rule("/c/", "/d")).warnOfSlashes("link");
    assertThat(log.warnings())
        .satisfiesExactly(
            first -> assertThat(first).contains("'/a' to '/b/'", "key '/a/x' becomes '/b//x'"),
            second -> assertThat(second).contains("'/c/' to '/d'", "key '/c/x' becomes '/dx'"));
  }

  @Test
  void equalEndsAndTheWholeKeyspaceAreNoMistake() {
    check(rule("/a", "/b"), rule("/c/", "/d/"), rule("", "/e/"), rule("/f/", ""))
        .warnOfSlashes("link");
    assertThat(log.warnings()).isEmpty();
  }
}
