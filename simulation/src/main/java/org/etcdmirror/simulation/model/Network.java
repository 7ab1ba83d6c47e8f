package org.etcdmirror.simulation.model;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulatedProcess;
import org.jspecify.annotations.Nullable;

/** The way from the mirrors of one life to the model servers. */
public final class Network {

  private final Scheduler scheduler;
  private final Random random;
  private final Agenda agenda;
  private final Map<String, V3Member> v3 = new HashMap<>();
  private final Map<String, V2Member> v2 = new HashMap<>();
  private final Faults faults = new Faults();
  private final Partitions partitions = new Partitions();
  private @Nullable Sent carriedOut;

  /** Creates a network, to be made by the first thread of a life. */
  public Network(Scheduler scheduler) {
    this.scheduler = scheduler;
    this.random = new Random(scheduler.random().nextLong());
    this.agenda = new Agenda(scheduler, new SimulatedProcess("world"), "world");
    scheduler.attach(this);
  }

  static Network current() {
    return (Network) Scheduler.current().attached();
  }

  /** The channel of a v3 client; called in place of gRPC's. */
  public static ManagedChannel channel(URI endpoint) {
    return new V3Channel(current(), Scheduler.currentThread().process(), endpoint.getAuthority());
  }

  /** The deadline of a v3 call; called in place of gRPC's, which is one of the real clock. */
  public static CallOptions withDeadlineAfter(CallOptions options, long time, TimeUnit unit) {
    return options.withOption(V3Call.DEADLINE, unit.toNanos(time));
  }

  /** The client of v2; called in place of OkHttp's. */
  public static OkHttpClient client(OkHttpClient.Builder builder) {
    return V2Transport.client(current(), builder);
  }

  public Faults faults() {
    return faults;
  }

  /**
   * What a process and a cluster send each other arrives in so many nanoseconds at the earliest.
   *
   * @param cluster the host of its members
   */
  public void cutOff(SimulatedProcess process, String cluster, long nanos) {
    scheduler.note("cut off from %s for %.1f s: %s".formatted(cluster, nanos / 1e9, process));
    partitions.begin(process, cluster, scheduler.after(nanos));
  }

  /** For how many nanoseconds some process cannot reach some cluster. */
  public long partitionedFor() {
    return Math.max(0, partitions.end() - scheduler.now());
  }

  /** When something that is sent now arrives at the earliest. */
  long arrival(SimulatedProcess process, String authority) {
    return Math.max(scheduler.after(latency()), partitions.end(process, authority));
  }

  /** The request that is carried out now, or was last. */
  public Sent carriedOut() {
    return Objects.requireNonNull(carriedOut, "nothing was carried out");
  }

  void carriesOut(Sent request) {
    carriedOut = request;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  Random random() {
    return random;
  }

  /** Does something later, as a server or the network does. */
  void later(long nanos, Runnable task) {
    agenda.at(scheduler.after(nanos), task);
  }

  void add(String authority, V3Member member) {
    v3.put(authority, member);
  }

  void add(String authority, V2Member member) {
    v2.put(authority, member);
  }

  V2Member v2(String authority) {
    V2Member member = v2.get(authority);
    if (member == null) {
      throw new IllegalArgumentException("no server at " + authority);
    }
    return member;
  }

  V3Member v3(String authority) {
    V3Member member = v3.get(authority);
    if (member == null) {
      throw new IllegalArgumentException("no server at " + authority);
    }
    return member;
  }

  /** The time that a message takes, in nanoseconds. */
  long latency() {
    int dice = random.nextInt(100);
    if (dice < 80) {
      return 50_000L + random.nextInt(500_000);
    }
    return dice < 98 ? random.nextInt(20_000_000) : random.nextInt(800_000_000);
  }
}
