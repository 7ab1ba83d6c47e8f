package org.etcdmirror.quickstart.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.quickstart.MirrorProcess;
import org.etcdmirror.quickstart.QuickstartException;
import org.etcdmirror.quickstart.Waiting;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;

/**
 * Plays the incident of a quiet prefix in a busy cluster with Kafka in between: the real service
 * writes a prefix of an etcd v2 to a topic, and a real worker of Kafka Connect writes the topic to
 * an etcd v3.
 */
public final class KafkaQuickstart {

  private static final String POOLS = "/conftool/v1/pools/eqiad/appserver/nginx/";
  private static final int SERVERS = 40;

  private final Path jar;
  private final Path plugins;
  private final Path connectPlugins;
  private final Kafka kafka;
  private final URI sourceUrl;
  private final URI sinkUrl;
  private final V2Http source;
  private final V3Http sink;

  private KafkaQuickstart(
      Path jar, Path plugins, Path connectPlugins, Kafka kafka, URI sourceUrl, URI sinkUrl) {
    this.jar = jar;
    this.plugins = plugins;
    this.connectPlugins = connectPlugins;
    this.kafka = kafka;
    this.sourceUrl = sourceUrl;
    this.sinkUrl = sinkUrl;
    this.source = new V2Http(sourceUrl);
    this.sink = new V3Http(sinkUrl);
  }

  /**
   * Plays it, and ends with 0 if all went well. Arguments: the service's jar, the plug-in with the
   * sink of Kafka, the plug-in with the connectors, and the directory with the jars of Kafka.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 4 || !Stream.of(args).map(Path::of).allMatch(Files::isReadable)) {
      System.err.println(
          "quickstart: name the jars that are used; scripts/quickstart-kafka.sh does it");
      System.exit(2);
    }
    Path directory = Files.createTempDirectory("etcd-mirror-kafka-");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(directory)));
    try (EtcdServer from = EtcdServer.start();
        EtcdServer to = EtcdServer.builder().enableV2(false).start();
        Kafka kafka = Kafka.start(Path.of(args[3]), directory)) {
      new KafkaQuickstart(
              Path.of(args[0]),
              alone(Path.of(args[1]), directory.resolve("service-plugins")),
              alone(Path.of(args[2]), directory.resolve("worker-plugins")),
              kafka,
              from.clientUrl(),
              to.clientUrl())
          .play();
      say("Stopping the broker and both etcds; nothing is left running.");
    } catch (RuntimeException | IOException e) {
      System.out.flush();
      System.err.println("quickstart: FAILED: " + e.getMessage());
      System.exit(1);
    }
  }

  /** A directory with this jar and nothing else, as a directory of plug-ins is. */
  private static Path alone(Path jar, Path directory) throws IOException {
    Files.createDirectory(directory);
    Files.copy(jar, directory.resolve("plugin.jar"));
    return directory;
  }

  private static void remove(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("quickstart: remove " + directory + " by hand: " + e);
    }
  }

  private void play() throws IOException, InterruptedException {
    say("");
    say("1. Two real etcds, and a real broker of Kafka between them:");
    say("     etcd v2 %s -> topic '%s' at %s", sourceUrl, Kafka.TOPIC, kafka.address());
    say("       -> etcd v3 %s", sinkUrl);
    for (int i = 1; i <= SERVERS; i++) {
      source.put(pool(i), "{\"weight\":10,\"pooled\":\"yes\"}");
    }
    try (MirrorProcess mirror = startMirror()) {
      awaitInKafka(mirror);
      try (KafkaProgram worker = kafka.startWorker(connectPlugins, sinkUrl)) {
        awaitEqual(worker);
        say("   etcd-mirror writes /conftool to the topic, and a worker of Kafka Connect with the");
        say("   EtcdSinkConnector writes the topic to etcd v3: all %d pools are there.", SERVERS);
        quietPrefix(mirror);
        oneChange(mirror, worker);
        stop(mirror);
      }
      say("   The worker is killed at the same time (kill -9).");
    }
    away();
    try (MirrorProcess mirror = startMirror();
        KafkaProgram worker = kafka.startWorker(connectPlugins, sinkUrl)) {
      awaitInKafka(mirror);
      awaitEqual(worker);
      comeBack(mirror);
      stop(mirror);
    }
    say("");
    say("Both etcds are equal: %d pools.", inSink().size());
  }

  private void quietPrefix(MirrorProcess mirror) throws IOException, InterruptedException {
    long quietSince = mirror.status().path("index").longValue();
    int foreign = foreignEvents(2_500);
    say("");
    say("2. /conftool stays quiet while other tenants of the source write %,d keys.", foreign);
    say("   etcd v2 remembers its last 1,000 events only. A watch on /conftool that goes on");
    say("   from index %d, as a plain connector's would, is answered now:", quietSince);
    V2Http.Response answer =
        source.get("/conftool", "wait=true&recursive=true&waitIndex=" + (quietSince + 1));
    say("     HTTP %d %s", answer.status(), answer.body().strip());
    require(answer.json().path("errorCode").intValue() == 401, "a plain watch is refused");
    say("   This mirror's index moved along, though there was no record to write:");
    awaitInKafka(mirror);
    say(
        "     source index %d    mirror's index, stored in Kafka, %d",
        source.index(), mirror.status().path("index").longValue());
  }

  private void oneChange(MirrorProcess mirror, KafkaProgram worker) throws InterruptedException {
    String value = "{\"weight\":10,\"pooled\":\"no\"}";
    source.put(pool(1), value);
    Duration took =
        Waiting.until(
            "the change is in etcd v3",
            () -> worker.isRunning() && value.equals(inSink().get(pool(1))));
    say("");
    say(
        "3. The next change: mw1001 is depooled in the source. %d ms later, through Kafka, etcd v3 says",
        took.toMillis());
    say("     %s %s", pool(1), value);
    int resyncs = mirror.status().path("resyncs").intValue() - 1;
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
    say("4. While both are away, /conftool gets 3 changes, 1 new pool and 2 deletes, and");
    say("   other tenants write %,d keys: the history with these six is overwritten.", foreign);
  }

  private void comeBack(MirrorProcess mirror) {
    JsonNode status = mirror.status();
    long written = status.path("keysWritten").longValue();
    long deleted = status.path("keysDeleted").longValue();
    say("");
    say("5. Both are started again. The log of etcd-mirror says:");
    say("     %s", mirror.logLine("gap found: "));
    say("     %s", mirror.logLine("resync at index").replaceFirst(" \\(.*", ""));
    say(
        "   It has read the topic back and written the difference: %d records with a value and %d",
        written, deleted);
    say("   without. The worker has applied these, and nothing twice.");
    require(written == 4 && deleted == 2, "the resync wrote the differences and nothing else");
  }

  private MirrorProcess startMirror() throws InterruptedException {
    return MirrorProcess.start(
        jar,
        List.of(
            "--source",
            "v2:" + sourceUrl,
            "--sink",
            "kafka:" + kafka.address() + "/" + Kafka.TOPIC,
            "--plugins",
            plugins.toString(),
            "--prefix",
            "/conftool",
            "--link",
            "conftool"));
  }

  private static void stop(MirrorProcess mirror) throws InterruptedException {
    int code = mirror.stop();
    say("");
    say("   SIGTERM: etcd-mirror ends with exit code %d.", code);
    require(code == 0, "the mirror ends with exit code 0");
  }

  /** Waits until all that has happened in the source is in the topic, and stored as such. */
  private void awaitInKafka(MirrorProcess mirror) throws InterruptedException {
    long index = source.index();
    Waiting.until(
        "the mirror is level",
        () -> {
          JsonNode status = mirror.status();
          return status.path("caughtUp").booleanValue()
              && status.path("index").longValue() >= index;
        });
  }

  private void awaitEqual(KafkaProgram worker) throws InterruptedException {
    Waiting.until(
        "etcd v3 holds what the source holds",
        () -> worker.isRunning() && inSink().equals(inSource()));
  }

  /** The pools, without the directories that they are in. */
  private Map<String, String> inSource() {
    Map<String, String> pools = new TreeMap<>(source.tree("/conftool"));
    pools.keySet().removeIf(key -> key.endsWith("/"));
    return pools;
  }

  private Map<String, String> inSink() {
    Map<String, String> pools = new TreeMap<>();
    for (Map.Entry<Bytes, Bytes> entry : sink.values("/conftool/").entrySet()) {
      pools.put(entry.getKey().utf8(), entry.getValue().utf8());
    }
    return pools;
  }

  private int foreignEvents(int count) throws IOException, InterruptedException {
    return PipelinedWriter.storm(sourceUrl, "/spicerack/locks", 10, count / 10).succeeded();
  }

  private static String pool(int number) {
    return POOLS + "mw" + (1000 + number);
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
