package org.etcdmirror.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;

/**
 * Plays the incident of a quiet prefix in a busy cluster, and then that of a mirror that was away
 * for too long, between two real etcd servers and with the real service.
 */
public final class Quickstart {

  private static final String POOLS = "/conftool/v1/pools/eqiad/appserver/nginx/";
  private static final String INDEX_KEY = "/__replication/conftool";
  private static final int SERVERS = 40;

  private final Path jar;
  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private final V2Http source;
  private final V2Http sink;

  private Quickstart(Path jar, EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.jar = jar;
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
    this.source = new V2Http(sourceEtcd.clientUrl());
    this.sink = new V2Http(sinkEtcd.clientUrl());
  }

  /** Plays it with the etcd-mirror.jar that is named; ends with 0 if all went well. */
  public static void main(String[] args) throws InterruptedException {
    if (args.length != 1 || !Files.isReadable(Path.of(args[0]))) {
      System.err.println("quickstart: name the etcd-mirror.jar; scripts/quickstart.sh does it");
      System.exit(2);
    }
    try (EtcdServer from = EtcdServer.start();
        EtcdServer to = EtcdServer.start()) {
      new Quickstart(Path.of(args[0]), from, to).play();
      say("Stopping both servers; nothing is left running.");
    } catch (RuntimeException | IOException e) {
      System.out.flush();
      System.err.println("quickstart: FAILED: " + e.getMessage());
      System.exit(1);
    }
  }

  private void play() throws IOException, InterruptedException {
    say("");
    say("1. Two real etcd %s servers with the v2 API:", sourceEtcd.version());
    say("     source %s    sink %s", sourceEtcd.clientUrl(), sinkEtcd.clientUrl());
    for (int i = 1; i <= SERVERS; i++) {
      source.put(pool(i), "{\"weight\":10,\"pooled\":\"yes\"}");
    }
    try (MirrorProcess mirror = startMirror()) {
      awaitLevel(mirror);
      say("   The source holds %d pools in /conftool; etcd-mirror has copied them.", SERVERS);
      showIndexes(mirror);
      quietPrefix(mirror);
      oneChange(mirror);
      stop(mirror);
    }
    away();
    long sinkIndex = sink.index();
    try (MirrorProcess mirror = startMirror()) {
      awaitLevel(mirror);
      comeBack(mirror, sinkIndex);
      stop(mirror);
    }
    Map<String, String> wanted = source.tree("/conftool");
    require(sink.tree("/conftool").equals(wanted), "both sides are equal");
    say("");
    say("Both sides are equal: %d pools.", pools(wanted));
  }

  private void quietPrefix(MirrorProcess mirror) throws IOException, InterruptedException {
    long quietSince = mirror.status().path("index").longValue();
    int foreign = foreignEvents(2_500);
    say("");
    say("2. /conftool stays quiet while other tenants of the source write %,d keys.", foreign);
    say("   etcd v2 remembers its last 1,000 events only. A watch on /conftool that goes on");
    say("   from index %d, as a plain mirror's would, is answered now:", quietSince);
    V2Http.Response answer =
        source.get("/conftool", "wait=true&recursive=true&waitIndex=" + (quietSince + 1));
    say("     HTTP %d %s", answer.status(), answer.body().strip());
    require(answer.json().path("errorCode").intValue() == 401, "a plain watch is refused");
    say("   There the old mirror died, and a person was paged. This mirror's index");
    say("   moved along, though no event was for it:");
    awaitLevel(mirror);
    showIndexes(mirror);
  }

  private void oneChange(MirrorProcess mirror) throws InterruptedException {
    String value = "{\"weight\":10,\"pooled\":\"no\"}";
    source.put(pool(1), value);
    Duration took = Waiting.until("the change is in the sink", () -> value.equals(inSink(pool(1))));
    say("");
    say(
        "3. The next change: mw1001 is depooled in the source. %d ms later the sink says",
        took.toMillis());
    say("     %s %s", pool(1), inSink(pool(1)));
    JsonNode status = mirror.status();
    int resyncs = status.path("resyncs").intValue() - 1;
    say("   Resyncs since the first copy: %d.", resyncs);
    require(resyncs == 0, "no resync was needed after the first copy");
  }

  private void away() throws IOException, InterruptedException {
    int foreign = foreignEvents(1_500);
    for (int i = 2; i <= 4; i++) {
      source.put(pool(i), "{\"weight\":5,\"pooled\":\"yes\"}");
    }
    source.put(pool(SERVERS + 1), "{\"weight\":10,\"pooled\":\"inactive\"}");
    source.delete(pool(SERVERS - 1), "");
    source.delete(pool(SERVERS), "");
    foreign += foreignEvents(1_500);
    say("");
    say(
        "4. While it is away, /conftool gets 3 changes, 1 new pool and 2 deletes in the source, and");
    say(
        "   other tenants write %,d keys: the history with these six events is overwritten.",
        foreign);
  }

  private void comeBack(MirrorProcess mirror, long sinkIndexBefore) throws InterruptedException {
    JsonNode status = mirror.status();
    long written = status.path("keysWritten").longValue();
    long deleted = status.path("keysDeleted").longValue();
    long moved = sink.index() - sinkIndexBefore;
    say("");
    say("5. It is started again, and its log says:");
    say("     %s", mirror.logLine("decided: "));
    say("     %s", mirror.logLine("resync at index").replaceFirst(" \\(.*", ""));
    say("   The sink was not wiped and not rewritten: its own index moved by %d,", moved);
    say(
        "   which is %d writes, %d deletes and %d for the index that it keeps there.",
        written, deleted, moved - written - deleted);
    showIndexes(mirror);
    require(written == 4 && deleted == 2, "the resync wrote the differences and nothing else");
  }

  private MirrorProcess startMirror() throws InterruptedException {
    String from = "v2:" + sourceEtcd.clientUrl();
    String to = "v2:" + sinkEtcd.clientUrl();
    return MirrorProcess.start(
        jar, List.of("--source", from, "--sink", to, "--prefix", "/conftool"));
  }

  private void stop(MirrorProcess mirror) throws InterruptedException {
    int code = mirror.stop();
    say("");
    say("   SIGTERM: the mirror stores its index (%d) and ends with exit code %d.", stored(), code);
    require(code == 0, "the mirror ends with exit code 0");
  }

  /** Waits until all that has happened in the source is in the sink, and stored as such. */
  private void awaitLevel(MirrorProcess mirror) throws InterruptedException {
    long index = source.index();
    Waiting.until(
        "the mirror is level",
        () -> mirror.status().path("caughtUp").booleanValue() && stored() >= index);
  }

  private void showIndexes(MirrorProcess mirror) {
    JsonNode status = mirror.status();
    say(
        "     source index %d    mirror's index %d    stored in the sink %d    lag %d",
        source.index(),
        status.path("index").longValue(),
        stored(),
        status.path("lagEvents").longValue());
  }

  private long stored() {
    return Long.parseLong("0" + inSink(INDEX_KEY));
  }

  /** The value in the sink; empty if there is none. */
  private String inSink(String key) {
    return sink.get(key, "quorum=true").json().path("node").path("value").asText();
  }

  private int foreignEvents(int count) throws IOException, InterruptedException {
    return PipelinedWriter.storm(sourceEtcd.clientUrl(), "/spicerack/locks", 10, count / 10)
        .succeeded();
  }

  private static String pool(int number) {
    return POOLS + "mw" + (1000 + number);
  }

  private static long pools(Map<String, String> tree) {
    return tree.keySet().stream().filter(key -> !key.endsWith("/")).count();
  }

  private static void require(boolean so, String what) {
    if (!so) {
      throw new QuickstartException("it is not so that " + what);
    }
  }

  @SuppressWarnings("AnnotateFormatMethod") // Not worth a library.
  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
