package org.etcdmirror.service.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The service under each attack, between two real servers, in a heap of 64 MiB: it neither dies,
 * hangs, spins nor floods its log, and it is level again by itself when the attack is over. {@code
 * scripts/attack.sh} takes a minute for each attack, the build some seconds.
 */
@Timeout(value = 3, unit = TimeUnit.HOURS)
class AttackTest {

  /** The measured seconds; from 30 on the service is also ended under each attack. */
  private static final int SECONDS = Integer.getInteger("attack.seconds", 2);

  private static final int LANES = Integer.getInteger("attack.lanes", 9);
  private static final String NAMES = System.getProperty("attack.names", "");
  private static final String REPORT = System.getProperty("attack.report", "");
  private static final boolean LONG = SECONDS >= 30;

  @TempDir private static Path directory;
  private static Lanes lanes;
  private static Map<Attack, ? extends Future<Result>> results;

  @BeforeAll
  static void begin() throws IOException {
    Duration warmUp = Duration.ofSeconds(LONG ? 10 : 1);
    // A run of a few seconds can only tell a busy loop from JIT compilation.
    double mostProcessor = LONG ? 10 : 25;
    AttackRun.Lengths lengths =
        new AttackRun.Lengths(warmUp, Duration.ofSeconds(SECONDS), mostProcessor);
    lanes = new Lanes(LANES, lengths, LONG, directory, AttackTest::report);
    results = lanes.begin(attacks());
  }

  @AfterAll
  static void end() throws InterruptedException {
    lanes.close();
  }

  private static synchronized void report(Result result) {
    System.out.println(result.line());
    if (!REPORT.isEmpty()) {
      try {
        Files.writeString(
            Path.of(REPORT),
            result.line() + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static List<Attack> attacks() {
    return Attacks.named(NAMES);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("attacks")
  void serviceSurvivesAttack(Attack attack) throws Exception {
    assertThat(resultOf(attack).problems()).as("%s: %s", attack, attack.what()).isEmpty();
  }

  private static Result resultOf(Attack attack) throws Exception {
    return results.entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(attack.name()))
        .findFirst()
        .orElseThrow()
        .getValue()
        .get();
  }
}
