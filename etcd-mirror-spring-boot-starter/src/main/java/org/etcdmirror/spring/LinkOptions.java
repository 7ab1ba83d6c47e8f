package org.etcdmirror.spring;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Supplier;
import org.etcdmirror.core.CatchUp;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.Standby;
import org.etcdmirror.core.Verification;
import org.etcdmirror.core.store.FileIndexStore;
import org.etcdmirror.spring.LinkProperties.CatchUpProperties;
import org.etcdmirror.spring.LinkProperties.Recovery;
import org.etcdmirror.spring.LinkProperties.StandbyProperties;
import org.etcdmirror.spring.LinkProperties.VerifyProperties;
import org.jspecify.annotations.Nullable;

/** Hands the properties of a link to the builder of its mirror. */
final class LinkOptions {

  private static final long HELD_EVENTS = 1000;
  private static final Duration HELD_AGE = Duration.ofMinutes(10);

  private final String link;
  private final LinkProperties properties;

  LinkOptions(String link, LinkProperties properties) {
    this.link = link;
    this.properties = properties;
  }

  /**
   * Sets all options but sides, scope and beans.
   *
   * @param ownPolicy the application's policy; null for that of the properties
   * @throws LinkPropertyException if a property is wrong, or has no effect
   */
  void applyTo(EtcdMirrorBuilder builder, @Nullable RecoveryPolicy ownPolicy) {
    String name = properties.link() == null ? link : properties.link();
    checked("link", name, () -> builder.link(name));
    builder
        .recoveryPolicy(recovery(ownPolicy))
        .expiryPolicy(properties.ttl())
        .unsupportedEntries(properties.unsupportedEntries());
    builder.catchUp(checked("catch-up", properties.catchUp(), this::catchUp));
    if (properties.indexFile() != null) {
      builder.indexStore(FileIndexStore.at(properties.indexFile()));
    }
    addLimits(builder);
    if (properties.compareAtStart()) {
      builder.compareAtStart();
    }
    addVerification(builder, properties.verify());
    addStandby(builder, properties.standby());
  }

  private RecoveryPolicy recovery(@Nullable RecoveryPolicy own) {
    Recovery recovery = properties.recovery();
    Long upTo = properties.recoveryUpTo();
    if (own != null) {
      refuse("recovery", recovery, "but a bean of type RecoveryPolicy decides");
      refuse("recovery-up-to", upTo, "but a bean of type RecoveryPolicy decides");
      return own;
    }
    if (recovery == Recovery.FAIL || recovery == Recovery.SKIP_GAP) {
      refuse("recovery-up-to", upTo, "which has an effect with recovery=resync only");
      return recovery == Recovery.FAIL ? RecoveryPolicy.fail() : RecoveryPolicy.skipGap();
    }
    if (upTo == null) {
      return RecoveryPolicy.resync();
    }
    return checked(
        "recovery-up-to", upTo, () -> RecoveryPolicy.resync().upTo(upTo, RecoveryPolicy.fail()));
  }

  private CatchUp catchUp() {
    CatchUpProperties given = properties.catchUp();
    if (given.mode() == CatchUp.Mode.HOLD) {
      return CatchUp.hold(
          given.events() == null ? HELD_EVENTS : given.events(),
          given.age() == null ? HELD_AGE : given.age());
    }
    refuse("catch-up.events", given.events(), "which has an effect with catch-up.mode=hold only");
    refuse("catch-up.age", given.age(), "which has an effect with catch-up.mode=hold only");
    return new CatchUp(given.mode(), 0, Duration.ZERO);
  }

  private void addLimits(EtcdMirrorBuilder builder) {
    String deletes = properties.maxDeletes();
    if (deletes != null) {
      builder.deleteLimit(checked("max-deletes", deletes, () -> DeleteLimit.parse(deletes)));
    }
    Integer writes = properties.maxWritesPerSecond();
    if (writes != null) {
      checked("max-writes-per-second", writes, () -> builder.maxWritesPerSecond(writes));
    }
    if (properties.requireEmpty()) {
      builder.requireEmptySink();
    }
    for (String prefix : properties.formerPrefix()) {
      checked("former-prefix", prefix, () -> builder.formerPrefix(prefix));
    }
    LinkProperties.BufferProperties buffer = properties.buffer();
    checked("buffer", buffer, () -> builder.buffer(buffer.events(), buffer.size().toBytes()));
  }

  private void addVerification(EtcdMirrorBuilder builder, VerifyProperties given) {
    Duration every = given.every();
    Long rate = given.rate();
    if (every == null) {
      refuse("verify.rate", rate, "which has an effect with verify.every only");
      refuse("verify.repair", given.repair() ? true : null, "which needs verify.every");
      return;
    }
    builder.verification(checked("verify", given, () -> verification(every, given.repair(), rate)));
  }

  private static Verification verification(Duration every, boolean repairs, @Nullable Long rate) {
    Verification verification = Verification.every(every);
    verification = repairs ? verification.repair() : verification;
    return rate == null ? verification : verification.rate(rate);
  }

  private void addStandby(EtcdMirrorBuilder builder, StandbyProperties given) {
    if (!given.enabled()) {
      refuse("standby.member", given.member(), "which has an effect with standby.enabled only");
      refuse("standby.term", given.term(), "which has an effect with standby.enabled only");
      return;
    }
    builder.standby(checked("standby", given, () -> member(given.member(), given.term())));
  }

  private static Standby member(@Nullable String name, @Nullable Duration term) {
    Standby member = Standby.as(name == null ? thisProcess() : name);
    return term == null ? member : member.term(term);
  }

  private static String thisProcess() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "localhost";
    }
    return host + ":" + ProcessHandle.current().pid();
  }

  /** Names the property if the library refuses its value. */
  private <T> T checked(String property, Object value, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException e) {
      throw LinkPropertyException.wrong(EtcdMirrorProperties.nameOf(link, property), value, e);
    }
  }

  private void refuse(String property, @Nullable Object value, String why) {
    if (value != null) {
      throw new LinkPropertyException(
          EtcdMirrorProperties.nameOf(link, property),
          "is '%s', %s".formatted(value, why),
          "remove the property");
    }
  }
}
