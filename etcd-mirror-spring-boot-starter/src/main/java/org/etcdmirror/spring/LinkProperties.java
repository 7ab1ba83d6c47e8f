package org.etcdmirror.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.core.CatchUp;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.UnsupportedEntries;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * One link. What has no default here has that of {@link org.etcdmirror.core.EtcdMirrorBuilder}.
 *
 * @param enabled Whether the mirror of this link is built and started.
 * @param source The side to read from.
 * @param sink The side to write to.
 * @param prefix Prefixes to mirror, each PREFIX, or PREFIX=TARGET to rename it. Required.
 * @param exclude Regular expressions; a source key that one matches as a whole is left out.
 * @param excludePrefix Prefixes whose source keys are left out.
 * @param link Name of the link in metrics, and of its index in the sink. Default: the name of the
 *     properties.
 * @param checkpointKey Key in a v3 sink that stores the index. Default: made from the name of the
 *     link.
 * @param indexFile File that stores the index, for a sink that does not.
 * @param recovery What to do when history is lost. Default: resync.
 * @param recoveryUpTo With recovery=resync: a gap of more events, or of unknown size, fails.
 * @param maxDeletes How much a resync may delete without approval: a number of keys, or a share of
 *     the sink such as 25%. Default: 100 keys or 10%, whichever is more, and none in a first copy.
 * @param maxWritesPerSecond The most keys to write or delete in a second. Default: no limit.
 * @param requireEmpty Whether a first copy fails if the sink holds any key under the prefixes.
 * @param formerPrefix Prefixes in the sink that this link wrote to under a former scope. Their keys
 *     are deleted within max-deletes.
 * @param compareAtStart Whether each start compares both sides.
 * @param ttl What happens to keys with a time to live.
 * @param unsupportedEntries What happens to entries that the sink cannot hold.
 * @param catchUp What happens to events that gathered while the mirror was stopped.
 * @param verify The regular comparison of both sides.
 * @param standby Whether this application is one of several members of the link.
 * @param buffer What may wait between source and sink.
 * @param failFast Whether the application ends when this link fails for good.
 */
public record LinkProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue SideProperties source,
    @DefaultValue SideProperties sink,
    @DefaultValue List<String> prefix,
    @DefaultValue List<String> exclude,
    @DefaultValue List<String> excludePrefix,
    @Nullable String link,
    @Nullable String checkpointKey,
    @Nullable Path indexFile,
    @Nullable Recovery recovery,
    @Nullable Long recoveryUpTo,
    @Nullable String maxDeletes,
    @Nullable Integer maxWritesPerSecond,
    @DefaultValue("false") boolean requireEmpty,
    @DefaultValue List<String> formerPrefix,
    @DefaultValue("false") boolean compareAtStart,
    @DefaultValue("follow-source") ExpiryPolicy ttl,
    @DefaultValue("fail") UnsupportedEntries unsupportedEntries,
    @DefaultValue CatchUpProperties catchUp,
    @DefaultValue VerifyProperties verify,
    @DefaultValue StandbyProperties standby,
    @DefaultValue BufferProperties buffer,
    @DefaultValue("false") boolean failFast) {

  /** Copies the lists. */
  public LinkProperties {
    prefix = List.copyOf(prefix);
    exclude = List.copyOf(exclude);
    excludePrefix = List.copyOf(excludePrefix);
    formerPrefix = List.copyOf(formerPrefix);
  }

  /** What to do when history is lost. */
  public enum Recovery {
    /** Compares both sides and writes what differs. */
    RESYNC,
    /** Fails, so that a person decides. */
    FAIL,
    /** Goes on; changes inside the gap stay missing. */
    SKIP_GAP
  }

  /**
   * What happens to a backlog.
   *
   * @param mode Whether the events are replayed, collapsed, or held for an approval.
   * @param events With mode=hold: a backlog of more events waits. Default: 1000.
   * @param age With mode=hold: an older backlog waits. Default: 10m.
   * @param watches The most watches that read a backlog of a v3 source side by side. Default: 64.
   */
  public record CatchUpProperties(
      @DefaultValue("replay") CatchUp.Mode mode,
      @Nullable Long events,
      @Nullable Duration age,
      @Nullable Integer watches) {}

  /**
   * A regular comparison.
   *
   * @param every The time between two comparisons. Default: none are made.
   * @param repair Whether differences are written to the sink; if not, they are reported.
   * @param rate The most entries to read in a second. Default: 20000.
   */
  public record VerifyProperties(
      @Nullable Duration every, @DefaultValue("false") boolean repair, @Nullable Long rate) {}

  /**
   * Whether other instances stand by.
   *
   * @param enabled Whether this instance is one of several of the link.
   * @param member The name of this instance. Default: the host's name and the process id.
   * @param term How long the lead lasts if the leader dies. Default: 5s.
   */
  public record StandbyProperties(
      @DefaultValue("false") boolean enabled, @Nullable String member, @Nullable Duration term) {}

  /**
   * Bounds of what waits between source and sink.
   *
   * @param events The most events.
   * @param size The most bytes.
   */
  public record BufferProperties(
      @DefaultValue("10000") int events, @DefaultValue("8MB") DataSize size) {}
}
