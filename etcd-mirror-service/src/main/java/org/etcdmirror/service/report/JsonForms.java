package org.etcdmirror.service.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.Headroom;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.VerifyReport;

/**
 * Where the JSON of a report differs from its record: names, order, and what is left out. Programs
 * read this JSON, so a property keeps its name when a record's component is renamed.
 */
interface JsonForms {

  /** The form by the type of the report. */
  Map<Class<?>, Class<?>> BY_TYPE =
      Map.of(
          MirrorStatus.class, Status.class,
          VerifyReport.class, Verify.class,
          ResyncPlan.class, Plan.class,
          Headroom.class, Left.class,
          GapRecord.class, Closed.class,
          Gap.class, Found.class);

  /** Numbers and texts first, and then what has parts of its own. */
  @JsonPropertyOrder({
    "link",
    "state",
    "index",
    "storedIndex",
    "applying",
    "sourceIndex",
    "lagEvents",
    "secondsSinceCaughtUp",
    "caughtUp",
    "counters",
    "lastError",
    "lastErrorAt",
    "pending",
    "suspects",
    "headroom",
    "lastVerify",
    "excluded",
    "gapRecords"
  })
  interface Status {
    @JsonProperty("secondsSinceCaughtUp")
    Duration sinceCaughtUp();

    @JsonUnwrapped
    MirrorStatus.Counters counters();

    /** The counter has the name of the list. */
    @JsonProperty("gapRecords")
    List<GapRecord> gaps();
  }

  /** The end is a reading of a clock that means nothing elsewhere. */
  @JsonPropertyOrder({"equal", "at", "seconds"})
  @JsonIgnoreProperties("endedNanos")
  interface Verify {
    @JsonProperty("seconds")
    Duration duration();
  }

  /** Without the answer that its numbers give. */
  @JsonIgnoreProperties("empty")
  interface Plan {}

  /** How long history lasts. */
  interface Left {
    @JsonProperty("seconds")
    Duration lasts();
  }

  /** A gap and what was done about it, side by side. */
  @JsonPropertyOrder({"gap", "decision", "at", "written", "deleted", "seconds"})
  interface Closed {
    @JsonUnwrapped
    Gap gap();

    @JsonProperty("seconds")
    Duration duration();
  }

  /** With what it counts. */
  @JsonPropertyOrder({"reason", "from", "oldest", "current", "events", "lostEvents"})
  @JsonIgnoreProperties("countable")
  interface Found {
    @JsonProperty("events")
    long events();

    @JsonProperty("lostEvents")
    long lostEvents();
  }
}
