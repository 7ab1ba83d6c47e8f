package org.etcdmirror.service.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.function.Function;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.VerifyReport;
import org.jspecify.annotations.Nullable;

/** A mirror's status as JSON: numbers and texts first, and then what has parts of its own. */
public final class StatusJson {

  private StatusJson() {}

  public static ObjectNode of(MirrorStatus status) {
    MirrorStatus.Counters counters = status.counters();
    ObjectNode json = ReportJson.JSON.createObjectNode();
    json.put("link", status.link());
    json.put("state", status.state().name());
    json.put("index", status.index());
    json.put("storedIndex", status.storedIndex());
    json.put("applying", status.applying());
    json.put("sourceIndex", status.sourceIndex());
    json.put("lagEvents", status.lagEvents());
    json.put("secondsSinceCaughtUp", ReportJson.seconds(status.sinceCaughtUp()));
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
    json.put("deletesBlocked", counters.deletesBlocked());
    json.put("gapEvents", counters.gapEvents());
    json.put("lastError", status.lastError());
    Instant lastErrorAt = status.lastErrorAt();
    json.put("lastErrorAt", lastErrorAt == null ? null : lastErrorAt.toString());
    json.set("pending", orNull(status.pending(), ReportJson::of));
    json.set("suspects", orNull(status.suspects(), ReportJson::of));
    json.set("headroom", orNull(status.headroom(), ReportJson::of));
    json.set("lastVerify", orNull(status.lastVerify(), StatusJson::of));
    ArrayNode excluded = json.putArray("excluded");
    status.excluded().forEach(one -> excluded.add(ReportJson.of(one)));
    ArrayNode gaps = json.putArray("gapRecords");
    status.gaps().forEach(gap -> gaps.add(ReportJson.of(gap)));
    return json;
  }

  private static ObjectNode of(VerifyReport report) {
    return ReportJson.of(report, Integer.MAX_VALUE);
  }

  private static <T> JsonNode orNull(@Nullable T part, Function<T, ObjectNode> json) {
    return part == null ? ReportJson.JSON.nullNode() : json.apply(part);
  }
}
