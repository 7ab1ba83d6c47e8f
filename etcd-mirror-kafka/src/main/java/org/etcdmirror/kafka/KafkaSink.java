package org.etcdmirror.kafka;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.kafka.internal.client.ClientSettings;
import org.etcdmirror.kafka.internal.client.Clients;
import org.etcdmirror.kafka.internal.read.StateOfTopics;
import org.etcdmirror.kafka.internal.read.TopicReader;
import org.etcdmirror.kafka.internal.state.StateTopic;
import org.etcdmirror.kafka.internal.topic.NewTopics;
import org.etcdmirror.kafka.internal.topic.TopicName;
import org.etcdmirror.kafka.internal.topic.TopicRule;
import org.etcdmirror.kafka.internal.topic.TopicRule.ByPrefix;
import org.etcdmirror.kafka.internal.topic.Topics;
import org.etcdmirror.kafka.internal.write.FencedWriter;
import org.etcdmirror.kafka.internal.write.Prefixes;
import org.jspecify.annotations.Nullable;

/**
 * Writes to compacted topics of Kafka: a record for each change of a key, without a value if the
 * key is gone. A batch and its checkpoint are one transaction, so a reader under {@code
 * read_committed} sees each change exactly once, and the changes of a key in order.
 *
 * <p>Of two mirrors of one link the newer one wins, and the older one ends with a {@link
 * org.etcdmirror.api.FencedException}. The checkpoint is in a topic of its own.
 */
public final class KafkaSink implements AtomicSink {

  private static final long MOST_ATOMIC_BYTES = 8L << 20;

  private final Clients clients;
  private final TopicRule rule;
  private final @Nullable String checkpointTopic;
  private final Topics topics;
  private final StateOfTopics state;
  private volatile @Nullable FencedWriter writer;
  private @Nullable String link;
  private @Nullable Prefixes prefixes;

  private KafkaSink(Builder builder, ClientSettings settings, TopicRule rule) {
    this.clients = new Clients(settings);
    this.rule = rule;
    this.checkpointTopic = builder.checkpointTopic;
    this.topics = new Topics(clients, rule, new NewTopics(builder.partitions, builder.replication));
    this.state = new StateOfTopics(new TopicReader(clients), rule);
  }

  /**
   * Makes a sink of one topic, without further settings. Nothing is connected yet.
   *
   * @param brokers HOST:PORT, separated by commas
   */
  public static KafkaSink of(String brokers, String topic) {
    return builder().brokers(brokers).topic(topic).build();
  }

  /** A builder; brokers and a topic are needed. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public KeyModel keyModel() {
    return KeyModel.BYTES;
  }

  @Override
  public Place place() {
    return Place.WITH_DATA;
  }

  @Override
  public IndexStore indexStore(String name) {
    requireNonNull(name, "name");
    if (link == null) {
      String topic = checkpointTopic == null ? LinkTopic.of(name) : checkpointTopic;
      link = name;
      writer =
          new FencedWriter(
              clients, topics, rule, state, name, new StateTopic(clients, name, topic));
    } else if (!link.equals(name)) {
      throw new IllegalStateException(
          "sink stores the index of link '%s', and not of '%s'; make a sink for each link"
              .formatted(link, name));
    }
    return this;
  }

  @Override
  public void open(SinkContext context) {
    if (prefixes != null) {
      throw new IllegalStateException(
          "link '%s': the sink is open already; make a sink for each mirror"
              .formatted(context.link()));
    }
    prefixes = new Prefixes(context);
  }

  @Override
  public long maxAtomicBytes() {
    return MOST_ATOMIC_BYTES;
  }

  @Override
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    clients.refuseIfClosed();
    return writer().load();
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    write(EventBatch.of(List.of(), checkpoint.index(), checkpoint.index()), checkpoint);
  }

  @Override
  public void confirm() throws IOException, InterruptedException {
    writer().confirm();
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    clients.refuseIfClosed();
    if (!batch.events().isEmpty()) {
      write(batch, null);
    }
  }

  @Override
  public void apply(EventBatch batch, Checkpoint checkpoint)
      throws IOException, InterruptedException {
    write(batch, checkpoint);
  }

  private void write(EventBatch batch, @Nullable Checkpoint checkpoint)
      throws IOException, InterruptedException {
    writer().write(batch, checkpoint, batch.events().isEmpty() ? null : prefixes());
  }

  private Prefixes prefixes() {
    return requireNonNull(prefixes, "open() was not called");
  }

  private FencedWriter writer() {
    return requireNonNull(writer, "indexStore() was not called");
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    clients.refuseIfClosed();
    FencedWriter known = writer;
    SourceHead head =
        new SourceHead(
            "kafka:" + clients.brokers() + "/" + rule.topic(), known == null ? 0 : known.index());
    return state.snapshot(head, topics.present(), selection);
  }

  @Override
  public void close() {
    FencedWriter open = writer;
    if (open != null) {
      open.close();
    }
    clients.close();
  }

  /** Collects what a sink is made of. Not safe for use by several threads. */
  public static final class Builder {

    private @Nullable String brokers;
    private @Nullable String topic;
    private final List<ByPrefix> byPrefix = new ArrayList<>();
    private @Nullable String checkpointTopic;
    private @Nullable Path settingsFile;
    private final Map<String, String> settings = new HashMap<>();
    private @Nullable Integer partitions;
    private @Nullable Short replication;

    private Builder() {}

    /** The brokers to ask first: HOST:PORT, separated by commas. */
    public Builder brokers(String list) {
      this.brokers = requireNonNull(list, "list");
      return this;
    }

    /** The topic of all keys that no prefix has a topic for. */
    public Builder topic(String name) {
      this.topic = TopicName.of(name);
      return this;
    }

    /** The topic of the keys that begin with this prefix. The longest prefix of a key counts. */
    public Builder topic(Bytes prefix, String name) {
      byPrefix.add(new ByPrefix(requireNonNull(prefix, "prefix"), TopicName.of(name)));
      return this;
    }

    /**
     * The topic of the checkpoint, which no other link may use. It is the transactional id as well.
     * {@code etcd-mirror-} and the name of the link by default.
     */
    public Builder checkpointTopic(String name) {
      this.checkpointTopic = TopicName.of(name);
      return this;
    }

    /**
     * A properties file with settings of Kafka's clients, for example for TLS and passwords. It is
     * read whenever a client is made.
     */
    public Builder settings(Path file) {
      this.settingsFile = requireNonNull(file, "file");
      return this;
    }

    /** A setting of Kafka's clients, which wins over the file. */
    public Builder setting(String name, String value) {
      settings.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
      return this;
    }

    /** How many partitions a topic gets that the sink makes. The brokers' default by default. */
    public Builder partitions(int number) {
      if (number < 1) {
        throw new IllegalArgumentException("partitions must be at least 1: " + number);
      }
      this.partitions = number;
      return this;
    }

    /** How often a topic that the sink makes is stored. The brokers' default by default. */
    public Builder replication(int factor) {
      if (factor < 1 || factor > Short.MAX_VALUE) {
        throw new IllegalArgumentException("replication must be 1 or more: " + factor);
      }
      this.replication = (short) factor;
      return this;
    }

    /**
     * The sink. Nothing is connected yet.
     *
     * @throws IllegalArgumentException if brokers or topic are missing, the file cannot be read, or
     *     a setting is one that the mirror decides
     */
    public KafkaSink build() {
      String givenBrokers = brokers;
      String givenTopic = topic;
      if (givenBrokers == null || givenTopic == null) {
        throw new IllegalArgumentException("brokers or topic are missing: give both");
      }
      return new KafkaSink(
          this,
          new ClientSettings(givenBrokers, settingsFile, settings),
          new TopicRule(givenTopic, byPrefix));
    }
  }
}
