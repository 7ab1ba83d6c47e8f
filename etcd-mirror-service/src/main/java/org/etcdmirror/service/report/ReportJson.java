package org.etcdmirror.service.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.Headroom;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.VerifyReport;
import org.jspecify.annotations.Nullable;

/** What a mirror reports, as JSON. A key that is not UTF-8 is {@code 0x} and hexadecimal. */
public final class ReportJson {

  static final ObjectMapper JSON = new ObjectMapper();

  private ReportJson() {}

  public static ObjectNode of(ResyncPlan plan) {
    ObjectNode json = JSON.createObjectNode();
    json.put("index", plan.index());
    json.put("sourceEntries", plan.sourceEntries());
    json.put("sinkEntries", plan.sinkEntries());
    json.put("writes", plan.writes());
    json.put("writeBytes", plan.writeBytes());
    json.put("overwrites", plan.overwrites());
    json.put("deletes", plan.deletes());
    json.put("unsupported", plan.unsupported());
    json.set("writeSamples", keys(plan.writeSamples()));
    json.set("overwriteSamples", keys(plan.overwriteSamples()));
    json.set("deleteSamples", keys(plan.deleteSamples()));
    ObjectNode former = json.putObject("formerDeletes");
    plan.formerDeletes().forEach((prefix, count) -> former.put(prefix.textOrHex(), count));
    json.put("refusal", plan.refusal());
    return json;
  }

  private static ArrayNode keys(List<Bytes> keys) {
    ArrayNode json = JSON.createArrayNode();
    keys.forEach(key -> json.add(key.textOrHex()));
    return json;
  }

  /**
   * A comparison.
   *
   * @param samples how many of its samples to tell at most
   */
  public static ObjectNode of(VerifyReport report, int samples) {
    ObjectNode json = JSON.createObjectNode();
    json.put("equal", report.isEqual());
    json.put("at", report.at().toString());
    json.put("seconds", seconds(report.duration()));
    json.put("index", report.index());
    json.put("compared", report.compared());
    json.put("missing", report.missing());
    json.put("different", report.different());
    json.put("extra", report.extra());
    json.put("unsettled", report.unsettled());
    json.put("unsupported", report.unsupported());
    json.put("behind", report.behind());
    ArrayNode found = json.putArray("samples");
    for (Difference difference : report.samples().stream().limit(samples).toList()) {
      ObjectNode sample = found.addObject();
      sample.put("kind", difference.kind().name().toLowerCase(Locale.ROOT));
      sample.put("key", difference.key().textOrHex());
    }
    return json;
  }

  public static ObjectNode of(PendingApproval pending) {
    ObjectNode json = JSON.createObjectNode();
    json.put("token", pending.token());
    json.put("reason", pending.reason());
    json.put("since", pending.since().toString());
    json.set("plan", pending.plan() == null ? JSON.nullNode() : of(pending.plan()));
    return json;
  }

  public static ObjectNode of(MirrorStatus.Suspects suspects) {
    ObjectNode json = JSON.createObjectNode();
    json.put("count", suspects.count());
    json.put("since", suspects.since().toString());
    ArrayNode endpoints = json.putArray("endpoints");
    suspects.endpoints().forEach(endpoints::add);
    return json;
  }

  public static ObjectNode of(MirrorStatus.Excluded excluded) {
    ObjectNode json = JSON.createObjectNode();
    json.put("exclude", excluded.exclude());
    json.put("leftOut", excluded.leftOut());
    json.put("warning", excluded.warning());
    return json;
  }

  public static ObjectNode of(Headroom headroom) {
    ObjectNode json = JSON.createObjectNode();
    json.put("events", headroom.events());
    json.put("seconds", seconds(headroom.lasts()));
    return json;
  }

  public static ObjectNode of(GapRecord record) {
    ObjectNode json = JSON.createObjectNode();
    json.put("reason", record.gap().reason().name());
    json.put("from", record.gap().from());
    json.put("oldest", record.gap().oldest());
    json.put("current", record.gap().current());
    json.put("events", record.gap().events());
    json.put("lostEvents", record.gap().lostEvents());
    json.put("decision", record.decision().name());
    json.put("at", record.at().toString());
    json.put("written", record.written());
    json.put("deleted", record.deleted());
    json.put("seconds", seconds(record.duration()));
    return json;
  }

  static @Nullable Double seconds(@Nullable Duration duration) {
    return duration == null ? null : duration.toMillis() / 1e3;
  }
}
