package org.etcdmirror.service.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.Headroom;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.TaskProgress;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.service.doctor.Diagnosis;

/**
 * Where the JSON of a report differs from its record: names, order, and what is left out. Programs
 * read this JSON, so a property keeps its name when a record's component is renamed.
 */
interface JsonForms {

  /** The form by the type of the report. */
  Map<Class<?>, Class<?>> BY_TYPE =
      Map.ofEntries(
          Map.entry(MirrorStatus.class, Status.class),
          Map.entry(VerifyReport.class, Verify.class),
          Map.entry(ResyncPlan.class, Plan.class),
          Map.entry(Difference.class, Differing.class),
          Map.entry(Headroom.class, Left.class),
          Map.entry(TaskProgress.class, Task.class),
          Map.entry(MirrorStatus.WriteLimit.class, Limit.class),
          Map.entry(MirrorStatus.ResyncLoop.class, Loop.class),
          Map.entry(MirrorStatus.Membership.class, Member.class),
          Map.entry(GapRecord.class, Closed.class),
          Map.entry(Gap.class, Found.class),
          Map.entry(Diagnosis.class, Diagnosed.class));

  /** Numbers and texts first, then objects and lists. */
  @JsonPropertyOrder({
    "link",
    "state",
    "membership",
    "index",
    "storedIndex",
    "applying",
    "sourceIndex",
    "lagEvents",
    "secondsSinceCaughtUp",
    "caughtUp",
    "expiringKeys",
    "counters",
    "lastError",
    "lastErrorAt",
    "pending",
    "suspects",
    "resync",
    "comparison",
    "resyncLoop",
    "writeLimit",
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

    @JsonUnwrapped
    MirrorStatus.Membership membership();

    /** Named so because a counter is named gaps. */
    @JsonProperty("gapRecords")
    List<GapRecord> gaps();
  }

  /** Without the end, which is a reading of a clock that has no meaning in another process. */
  @JsonPropertyOrder({"equal", "at", "seconds"})
  @JsonIgnoreProperties("endedNanos")
  interface Verify {
    @JsonProperty("seconds")
    Duration duration();
  }

  /** Without isEmpty, which follows from the numbers. */
  @JsonIgnoreProperties("empty")
  interface Plan {
    /** Only where values are shown. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    List<Difference> differences();
  }

  /** With the values where they are shown. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  interface Differing {}

  /** With the time that history lasts. */
  interface Left {
    @JsonProperty("seconds")
    Duration lasts();
  }

  /** With the time that it has taken, and that it will. */
  @JsonPropertyOrder({"step", "done", "expected", "written", "deleted", "seconds", "perSecond"})
  interface Task {
    @JsonProperty("seconds")
    Duration elapsed();

    @JsonProperty("secondsLeft")
    Duration timeLeft();
  }

  /** The properties of a member beside those of the status. */
  @JsonPropertyOrder({"role", "member", "leader", "warm"})
  interface Member {
    @JsonProperty("warm")
    boolean isWarm();
  }

  /** With the time until the next resync. */
  interface Loop {
    @JsonProperty("nextInSeconds")
    Duration nextIn();
  }

  /** With the time that writes have waited. */
  interface Limit {
    @JsonProperty("waitedSeconds")
    Duration waited();
  }

  /** The properties of the gap beside those of its end. */
  @JsonPropertyOrder({"gap", "decision", "at", "written", "deleted", "seconds"})
  interface Closed {
    @JsonUnwrapped
    Gap gap();

    @JsonProperty("seconds")
    Duration duration();
  }

  /** With its counts. */
  @JsonPropertyOrder({"reason", "from", "oldest", "current", "events", "lostEvents"})
  @JsonIgnoreProperties("countable")
  interface Found {
    @JsonProperty("events")
    long events();

    @JsonProperty("lostEvents")
    long lostEvents();
  }

  /** With its counts. */
  @JsonPropertyOrder({"problems", "warnings", "findings"})
  interface Diagnosed {
    @JsonProperty("problems")
    long problems();

    @JsonProperty("warnings")
    long warnings();
  }
}
