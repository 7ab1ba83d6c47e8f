package org.etcdmirror.service.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.etcdmirror.core.Standby;
import org.jspecify.annotations.Nullable;

/** Reads which member of its link an instance is. */
public final class StandbyOption {

  private StandbyOption() {}

  /**
   * Returns the member; null if the instance is the only one.
   *
   * @throws UsageException if an option is wrong
   */
  public static @Nullable Standby parse(Values values) {
    if (values.optional(LinkOption.STANDBY) == null) {
      values.refuse(LinkOption.STANDBY_TERM, "it needs --standby");
      values.refuse(LinkOption.MEMBER, "it needs --standby");
      return null;
    }
    Given term = values.one(LinkOption.STANDBY_TERM);
    Standby standby = member(values.optional(LinkOption.MEMBER));
    try {
      return standby.term(AmountOption.duration(term));
    } catch (IllegalArgumentException e) {
      throw term.wrong(e);
    }
  }

  private static Standby member(@Nullable Given name) {
    if (name == null) {
      return Standby.as(host() + ":" + ProcessHandle.current().pid());
    }
    try {
      return Standby.as(name.text());
    } catch (IllegalArgumentException e) {
      throw name.wrong(e);
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
