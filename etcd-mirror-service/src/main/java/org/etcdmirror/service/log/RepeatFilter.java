package org.etcdmirror.service.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a repeated cause from flooding the log: at most {@link RepeatLimit#MOST} lines of it pass
 * in a minute, and one line says how many were left out. A cause is a line without its words that
 * have a digit, such as times, numbers and ports.
 */
public final class RepeatFilter extends Filter<ILoggingEvent> {

  private static final Logger log = LoggerFactory.getLogger(RepeatFilter.class);
  private static final Set<RepeatFilter> STARTED = ConcurrentHashMap.newKeySet();
  private static final long LOOK_SECONDS = 5;

  /** The counts of this filter, and what people did. */
  private static final Set<String> UNLIMITED =
      Set.of(RepeatFilter.class.getName(), ActLog.class.getName());

  /** The most characters of a line to compare, which bounds the work. */
  private static final int LOOKED_AT = 300;

  private static final int CAUSES = 3;

  private final RepeatLimit limit = new RepeatLimit(System::nanoTime);
  private @Nullable ScheduledFuture<?> looks;

  /** Called by Logback, which finds the class by its name. */
  public RepeatFilter() {}

  @Override
  public void start() {
    super.start();
    STARTED.add(this);
    looks =
        getContext()
            .getScheduledExecutorService()
            .scheduleWithFixedDelay(
                () -> tell(limit.takeDue()), LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void stop() {
    if (looks != null) {
      looks.cancel(false);
    }
    STARTED.remove(this);
    super.stop();
  }

  @Override
  public FilterReply decide(ILoggingEvent event) {
    if (UNLIMITED.contains(event.getLoggerName())) {
      return FilterReply.NEUTRAL;
    }
    String line = text(event);
    return limit.allows(event.getLoggerName(), event.getLevel() + " " + cause(line), line)
        ? FilterReply.NEUTRAL
        : FilterReply.DENY;
  }

  /** Logs what was left out so far. Call it before the process ends. */
  public static void tellAll() {
    STARTED.forEach(filter -> tell(filter.limit.takeAll()));
  }

  private static void tell(List<RepeatLimit.LeftOut> all) {
    for (RepeatLimit.LeftOut one : all) {
      log.warn(
          ServiceLogEvent.LINES_LEFT_OUT.marker(),
          "left out {} lines like this: {}",
          one.count(),
          one.example());
    }
  }

  private static String text(ILoggingEvent event) {
    StringBuilder text = new StringBuilder(start(event.getFormattedMessage()));
    IThrowableProxy thrown = event.getThrowableProxy();
    for (int i = 0; thrown != null && i < CAUSES; i++) {
      text.append(" | ").append(thrown.getClassName());
      text.append(": ").append(start(thrown.getMessage()));
      thrown = thrown.getCause();
    }
    return text.toString();
  }

  private static String start(@Nullable String text) {
    if (text == null) {
      return "";
    }
    return text.length() <= LOOKED_AT ? text : text.substring(0, LOOKED_AT);
  }

  /** Replaces each word that has a digit by a mark. */
  static String cause(String line) {
    StringBuilder cause = new StringBuilder(line.length());
    int word = 0;
    boolean digit = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (Character.isLetterOrDigit(c)) {
        digit |= Character.isDigit(c);
        cause.append(c);
        continue;
      }
      mark(cause, word, digit);
      cause.append(c);
      word = cause.length();
      digit = false;
    }
    mark(cause, word, digit);
    return cause.toString();
  }

  private static void mark(StringBuilder cause, int word, boolean digit) {
    if (digit) {
      cause.setLength(word);
      cause.append('#');
    }
  }
}
