package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.internal.DiscoveredEndpoints;
import org.etcdmirror.api.internal.HidingCluster;
import org.etcdmirror.api.internal.InspectorProvider;
import org.etcdmirror.api.internal.LimitedTransactions;
import org.etcdmirror.api.internal.MissingRight;
import org.etcdmirror.api.internal.SrvName;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.Standby;
import org.etcdmirror.service.config.Given;
import org.etcdmirror.service.config.LinkOption;
import org.etcdmirror.service.config.Providers;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.StandbyOption;
import org.etcdmirror.service.run.Link;
import org.jspecify.annotations.Nullable;

/** Runs all checks of a link. */
public final class Doctor implements AutoCloseable {

  private static final int ATTEMPTS = 3;

  private final Settings settings;
  private final Link link;
  private final EtcdMirror mirror;
  private final List<Side> sides = new ArrayList<>();
  private final List<Check> checks = new ArrayList<>();

  /**
   * Makes the checks; nothing is connected yet.
   *
   * @param link the link, which it owns from now on
   * @param window how long the source's events are counted
   */
  public Doctor(Settings settings, Link link, Duration window) {
    this.settings = settings;
    this.link = link;
    this.mirror = link.mirror();
    Side source = side("source", settings.source(), settings.sourceAccess());
    if (source != null) {
      addSource(source, window);
    }
    Side sink = side("sink", settings.sink(), settings.sinkAccess());
    if (sink != null) {
      addSink(sink);
    }
    if (link.source().keyModel() == KeyModel.BYTES && link.sink().keyModel() == KeyModel.PATHS) {
      checks.add(new KeysCheck(mirror));
    }
    if (source != null) {
      checks.add(new LoopCheck(source, mirror));
    }
    addRecords();
  }

  private void addRecords() {
    settings
        .values()
        .all(LinkOption.AUDIT)
        .forEach(file -> checks.add(new RecordsCheck(file, true)));
    settings
        .values()
        .all(LinkOption.DUMP_DIR)
        .forEach(directory -> checks.add(new RecordsCheck(directory, false)));
  }

  /**
   * Makes one side; null if it has no cluster that can be looked at: a dump, a plug-in's, or one
   * whose servers DNS does not name.
   */
  private @Nullable Side side(String name, Given written, Access access) {
    if (Providers.address(written).scheme().equals("file")) {
      checks.add(dumpCheck(name, Providers.address(written)));
      return null;
    }
    Given given = named(name, written, access);
    if (given == null) {
      return null;
    }
    InspectorProvider inspectors = settings.providers().inspector(given);
    if (inspectors == null) {
      checks.add(new PluginCheck(name, given.text()));
      return null;
    }
    List<Bytes> prefixes =
        link.scope().rules().stream()
            .map(name.equals("source") ? MirrorScope.Rule::source : MirrorScope.Rule::target)
            .toList();
    Side side = Side.of(name, given, access, settings.providers(), prefixes, inspectors);
    sides.add(side);
    return side;
  }

  private DumpCheck dumpCheck(String name, MirrorAddress address) {
    Path directory = Path.of(address.rest().split("\\?", 2)[0]);
    return new DumpCheck(
        name, directory, name.equals("sink") ? this::heldBySink : this::heldBySource);
  }

  private @Nullable String heldBySink() throws IOException, InterruptedException {
    return link.store()
        .load()
        .map(stored -> "index %d of link '%s'".formatted(stored.index(), link.name()))
        .orElse(null);
  }

  private String heldBySource() throws IOException, InterruptedException {
    List<Bytes> prefixes = link.scope().rules().stream().map(MirrorScope.Rule::source).toList();
    SourceHead head = link.source().head(new Selection(prefixes, false));
    return "index %d of cluster %s".formatted(head.index(), head.clusterId());
  }

  /** The servers that DNS names now, in place of their name; null if there are none. */
  private @Nullable Given named(String name, Given written, Access access) {
    MirrorAddress address = Providers.address(written);
    SrvName domain = SrvName.of(address.endpoints()).orElse(null);
    if (domain == null) {
      return written;
    }
    try {
      List<String> servers = DiscoveredEndpoints.lookUp(domain, access);
      checks.add(new NamesCheck(name, domain.toString(), servers, ""));
      return written.withText(address.scheme() + ":" + String.join(",", servers));
    } catch (IOException e) {
      checks.add(
          new NamesCheck(name, domain.toString(), List.of(), String.valueOf(e.getMessage())));
      return null;
    }
  }

  private void addSource(Side source, Duration window) {
    addCluster(source);
    checks.add(new RightsCheck(source, () -> source.inspector().missingToRead(source.prefixes())));
    checks.add(new WatchCheck(source));
    checks.add(new OutageCheck(source, window));
    if (source.inspector() instanceof HidingCluster cluster) {
      checks.add(new HiddenKeysCheck(source, cluster));
    }
  }

  private void addSink(Side sink) {
    EtcdPages pages = addCluster(sink);
    Given key = settings.checkpointKey();
    Bytes indexKey = key == null ? null : Bytes.utf8(key.text());
    List<Bytes> written = written(sink);
    Standby standby = StandbyOption.parse(settings.values());
    checks.add(
        new RightsCheck(
            sink,
            () -> {
              List<MissingRight> missing =
                  new ArrayList<>(sink.inspector().missingToWrite(written, link.name(), indexKey));
              if (standby != null) {
                missing.addAll(sink.inspector().missingToLead(link.name()));
              }
              return missing;
            }));
    if (standby != null) {
      checks.add(TermCheck.of(sink, standby.term()));
    }
    if (sink.inspector() instanceof LimitedTransactions servers) {
      checks.add(new QuotaCheck(sink, pages, QuotaCheck.ALMOST_FULL));
      checks.add(new CompactionCheck(sink, CompactionCheck.MANY));
      checks.add(new TransactionsCheck(sink, servers));
    }
  }

  /** Under former prefixes the link deletes. */
  private List<Bytes> written(Side sink) {
    return Stream.concat(
            sink.prefixes().stream(),
            settings.policies().formerPrefixes().stream().map(former -> Bytes.utf8(former.text())))
        .toList();
  }

  private EtcdPages addCluster(Side side) {
    EtcdPages pages = EtcdPages.of(side);
    checks.add(new EndpointsCheck(side));
    checks.add(new VersionCheck(side, pages));
    checks.add(new AlarmCheck(side, pages));
    checks.add(new ClockCheck(side, pages, InstantSource.system()));
    checks.add(new CertificatesCheck(side, InstantSource.system()));
    return pages;
  }

  /** Runs the checks one after the other. */
  public Diagnosis diagnose() throws InterruptedException {
    List<Finding> all = new ArrayList<>();
    for (Check check : checks) {
      all.addAll(run(check));
    }
    return new Diagnosis(List.copyOf(all));
  }

  /** What fails may pass: an election, or a server that is busy. */
  private static List<Finding> run(Check check) throws InterruptedException {
    Exception failure = new IOException("no attempt");
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Findings findings = new Findings(check.name());
      try {
        check.run(findings);
        return findings.all();
      } catch (IOException e) {
        failure = e;
      } catch (RuntimeException e) {
        failure = e;
        break;
      }
    }
    Findings findings = new Findings(check.name());
    findings.notChecked(failure);
    return findings.all();
  }

  @Override
  public void close() {
    sides.forEach(Side::close);
    mirror.close();
  }
}
