package org.etcdmirror.service;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Locale;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the status server.
 *
 * @param code the HTTP status
 * @param contentType the type of the body
 * @param body the body
 */
record StatusReply(int code, String contentType, String body) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static StatusReply text(int code, String line) {
    return new StatusReply(code, "text/plain; charset=utf-8", line + "\n");
  }

  static StatusReply metrics(String text) {
    return new StatusReply(200, "text/plain; version=0.0.4; charset=utf-8", text);
  }

  static StatusReply lag(MirrorStatus status) {
    return text(200, String.valueOf(status.lagEvents()));
  }

  /** Whether the process is worth keeping: also while it retries, but not once it has ended. */
  static StatusReply health(MirrorStatus status) {
    boolean alive = !status.state().isFinal();
    return text(alive ? 200 : 503, word(status.state()) + (alive ? "" : reason(status)));
  }

  /** Whether the sink is level with the source. */
  static StatusReply readiness(MirrorStatus status) {
    return status.caughtUp()
        ? text(200, "caught up at index " + status.index())
        : text(
            503,
            "not caught up, %s: the sink is at index %d, the source at %d%s"
                .formatted(
                    word(status.state()), status.index(), status.sourceIndex(), reason(status)));
  }

  private static String reason(MirrorStatus status) {
    boolean failing =
        status.state() == MirrorState.RETRYING
            || status.state() == MirrorState.CONNECTING
            || status.state() == MirrorState.FAILED;
    String error = status.lastError();
    return failing && error != null ? ": " + Outcome.oneLine(error) : "";
  }

  private static String word(MirrorState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  static StatusReply json(MirrorStatus status) {
    MirrorStatus.Counters counters = status.counters();
    ObjectNode json = JSON.createObjectNode();
    json.put("link", status.link());
    json.put("state", status.state().name());
    json.put("index", status.index());
    json.put("storedIndex", status.storedIndex());
    json.put("applying", status.applying());
    json.put("sourceIndex", status.sourceIndex());
    json.put("lagEvents", status.lagEvents());
    json.put("secondsSinceCaughtUp", seconds(status.sinceCaughtUp()));
    json.put("caughtUp", status.caughtUp());
    json.put("eventsApplied", counters.eventsApplied());
    json.put("eventsFiltered", counters.eventsFiltered());
    json.put("eventsCoalesced", counters.eventsCoalesced());
    json.put("batches", counters.batches());
    json.put("gaps", counters.gaps());
    json.put("resyncs", counters.resyncs());
    json.put("keysWritten", counters.keysWritten());
    json.put("keysDeleted", counters.keysDeleted());
    json.put("retries", counters.retries());
    json.put("streamRepairs", counters.streamRepairs());
    json.put("historyOutruns", counters.historyOutruns());
    json.put("lossyValues", counters.lossyValues());
    json.put("unsupportedEntries", counters.unsupportedEntries());
    json.put("lastError", status.lastError());
    json.put("lastErrorAt", status.lastErrorAt() == null ? null : status.lastErrorAt().toString());
    return new StatusReply(200, "application/json", json + "\n");
  }

  private static @Nullable Double seconds(@Nullable Duration since) {
    return since == null ? null : since.toMillis() / 1e3;
  }
}
