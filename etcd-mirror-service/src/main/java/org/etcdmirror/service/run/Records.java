package org.etcdmirror.service.run;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.Standby;
import org.etcdmirror.service.audit.AuditLog;
import org.etcdmirror.service.audit.AuditMetrics;
import org.etcdmirror.service.config.Given;
import org.etcdmirror.service.config.LinkOption;
import org.etcdmirror.service.config.UsageException;
import org.etcdmirror.service.recorder.DumpFiles;
import org.etcdmirror.service.recorder.Dumps;
import org.etcdmirror.service.recorder.FlightRecorder;
import org.jspecify.annotations.Nullable;

/** What the service writes down about a mirror besides the log, as the options of its link say. */
public final class Records implements MeterBinder {

  private final Link link;
  private final @Nullable AuditLog audit;
  private final @Nullable Dumps dumps;
  private final List<MirrorListener> listeners = new ArrayList<>();

  private Records(Link link) {
    this.link = link;
    this.audit = audit(link);
    this.dumps = dumps(link);
  }

  /**
   * Opens the records of a link.
   *
   * @throws UsageException if the file or the directory cannot be used
   */
  public static Records open(Link link) {
    return new Records(link);
  }

  private @Nullable AuditLog audit(Link link) {
    Given file = given(link, LinkOption.AUDIT);
    if (file == null) {
      return null;
    }
    try {
      AuditLog opened = AuditLog.open(link.name(), path(file), link.settings().showsValues());
      listeners.add(opened);
      return opened;
    } catch (IOException e) {
      throw file.wrong("cannot write the file: " + e, e);
    }
  }

  private @Nullable Dumps dumps(Link link) {
    Given directory = given(link, LinkOption.DUMP_DIR);
    if (directory == null) {
      return null;
    }
    Path path = path(directory);
    if (!Files.isDirectory(path) || !Files.isWritable(path)) {
      throw directory.wrong("'" + path + "' is no directory that can be written to");
    }
    FlightRecorder recorder = new FlightRecorder();
    listeners.add(recorder);
    Dumps made = new Dumps(recorder, new DumpFiles(path, link.name()));
    listeners.add(made);
    return made;
  }

  private static @Nullable Given given(Link link, LinkOption option) {
    List<Given> all = link.settings().values().all(option);
    return all.isEmpty() ? null : all.get(0);
  }

  private static Path path(Given given) {
    try {
      return Path.of(given.text());
    } catch (InvalidPathException e) {
      throw given.wrong(e);
    }
  }

  /** Makes the mirror of the link, and records it. */
  public EtcdMirror mirror(MirrorListener... others) {
    return member(null, others);
  }

  /**
   * Makes the mirror as one of several members of the link, and records it.
   *
   * @param standby which member it is; null for the only one
   */
  EtcdMirror member(@Nullable Standby standby, MirrorListener... others) {
    List<MirrorListener> all = new ArrayList<>(listeners);
    all.addAll(List.of(others));
    EtcdMirror mirror = link.member(standby, all.toArray(MirrorListener[]::new));
    if (dumps != null) {
      dumps.watch(mirror::status);
    }
    return mirror;
  }

  /** The dumps of the mirror; null without a directory for them. */
  public @Nullable Dumps dumps() {
    return dumps;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    if (audit != null) {
      Tags tags = Tags.of("sink", link.settings().sink().text(), "link", link.name());
      new AuditMetrics(audit, tags).bindTo(registry);
    }
  }
}
