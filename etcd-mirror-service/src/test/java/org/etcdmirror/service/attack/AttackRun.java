package org.etcdmirror.service.attack;

import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One attack on a stage: begin, wait, measure, heal, compare. */
final class AttackRun {

  private static final int MOST_LINES = 10;
  private static final long MOST_RESIDENT = 512;
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Pattern STATE = Pattern.compile("\"state\":\"([A-Z]+)\"");

  /** JIT compilation dominates a short run, so the best of these windows counts. */
  private static final int WINDOWS = 5;

  private final Stage stage;
  private final Attack attack;
  private final Lengths lengths;
  private final List<String> problems = new ArrayList<>();
  private double processor;
  private String state = "?";
  private long resident;

  /**
   * The lengths and limits of a run.
   *
   * @param warmUp how long the attack goes on before the measurement; Java's start and most of what
   *     it compiles fall into that
   * @param window how long is measured
   * @param mostProcessor the most percent of one core that a service may use when it is brought
   *     nothing
   */
  record Lengths(Duration warmUp, Duration window, double mostProcessor) {}

  AttackRun(Stage stage, Attack attack, Lengths lengths) {
    this.stage = stage;
    this.attack = attack;
    this.lengths = lengths;
  }

  /**
   * Performs it.
   *
   * @param thenEnd whether the service is ended by SIGTERM under the same attack afterwards, and
   *     started again
   */
  Result perform(boolean thenEnd) throws Exception {
    Service attacked = stage.service();
    int logged = attacked.logged();
    List<Service.Line> log;
    try (AutoCloseable attacking = attack.beginning().on(stage)) {
      provoke();
      measure();
      log = new ArrayList<>(attacked.linesFrom(logged));
      if (stage.service() != attacked) {
        log.addAll(stage.service().linesFrom(0));
      }
    }
    Causes.Count most = Causes.mostFrequent(log);
    long healed = System.nanoTime();
    if (!stage.service().runs()) {
      stage.restart();
    }
    boolean level = stage.becomesLevel();
    if (!level && attack.mayEnd() && !stage.service().runs()) {
      // It was still starting when the attack ended, and then met what the attack had left.
      stage.restart();
      level = stage.becomesLevel();
    }
    if (!level) {
      problems.add("does not become level again: " + lastLine());
    }
    double levelAfter = (System.nanoTime() - healed) / 1e9;
    if (most.lines() > MOST_LINES) {
      problems.add("log: " + most.cause());
    }
    page();
    if (!stage.service().runs()) {
      problems.add("ended after the attack: " + lastLine());
    }
    if (thenEnd) {
      endUnderAttack();
    }
    if (!problems.isEmpty()) {
      keepLog(log);
    }
    return new Result(
        attack, processor, most.lines(), most.cause(), resident, state, levelAfter, problems);
  }

  /** Gives the service something to write to the sink, which it otherwise only reads. */
  private void provoke() {
    if (attack.name().contains("-sink-") && !attack.brings()) {
      stage.put(Side.SOURCE, Stage.PREFIX + "under-attack", attack.name());
    }
  }

  private void measure() throws InterruptedException {
    Service service = stage.service();
    int logged = service.logged();
    // Some attacks start it anew.
    service.url();
    Thread.sleep(lengths.warmUp().toMillis());
    processor = percent(service);
    for (int i = 1; i < WINDOWS && processor > lengths.mostProcessor() && !attack.brings(); i++) {
      processor = Math.min(processor, percent(service));
    }
    resident = service.residentMebibytes();
    if (!attack.hidesPages()) {
      page();
    }
    if (!service.runs()) {
      processor = 0;
      state = "ended " + service.exitCode();
      if (!attack.mayEnd() || service.exitCode() != 1 || !lastLine().startsWith("etcd-mirror:")) {
        problems.add("ended: " + lastLine());
      }
      return;
    }
    if (processor > lengths.mostProcessor() && !attack.brings()) {
      problems.add("spins");
    }
    if (resident > MOST_RESIDENT) {
      problems.add("memory");
    }
    service.linesFrom(logged).stream()
        .map(Service.Line::text)
        .filter(line -> line.contains("OutOfMemoryError") || line.contains("Exception in thread"))
        .findFirst()
        .ifPresent(problems::add);
  }

  private double percent(Service service) throws InterruptedException {
    long nanos = System.nanoTime();
    Duration before = service.processorTime();
    Thread.sleep(lengths.window().toMillis());
    Duration spent = service.processorTime().minus(before);
    return 100.0 * spent.toNanos() / (System.nanoTime() - nanos);
  }

  /** Reads the status; waits for a service that is about to listen, or to end. */
  private void page() throws InterruptedException {
    Service service = stage.service();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    IOException failure = null;
    while (service.runs()) {
      try {
        Matcher found = STATE.matcher(service.page("/status").body());
        if (state.equals("?")) {
          state = found.find() ? found.group(1) : "unknown";
        }
        return;
      } catch (IOException e) {
        // One that ends cuts its answer off; one that runs may close a connection that is idle.
        failure = e;
      }
      if (System.nanoTime() > deadline || service.awaitEnd(POLL)) {
        break;
      }
    }
    if (service.runs()) {
      problems.add("the pages do not answer: " + failure);
    }
  }

  /** A start under attack may end at once with a cause; neither start nor stop may hang. */
  private void endUnderAttack() throws Exception {
    try (AutoCloseable attacking = attack.beginning().on(stage)) {
      stage.restart();
      stage.service().url();
      Thread.sleep(lengths.warmUp().toMillis());
      boolean ended = !stage.service().runs();
      if (ended && (stage.service().exitCode() != 1 || !lastLine().startsWith("etcd-mirror:"))) {
        problems.add("a start under attack ends: " + lastLine());
      } else if (!ended && !stage.service().terminate(PATIENCE)) {
        problems.add("SIGTERM does not end it within " + PATIENCE.toSeconds() + " s");
      }
    }
    stage.restart();
  }

  private void keepLog(List<Service.Line> lines) throws IOException {
    Path file = Files.createDirectories(Path.of("target", "attacks")).resolve(attack + ".log");
    Files.write(file, lines.stream().map(Service.Line::text).toList());
  }

  private String lastLine() {
    List<Service.Line> lines = stage.service().linesFrom(0);
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1).text();
  }
}
