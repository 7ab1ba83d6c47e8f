package org.etcdmirror.benchmarks.contestant;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.benchmarks.peer.RawCompare;
import org.etcdmirror.benchmarks.peer.RawV2;
import org.etcdmirror.benchmarks.peer.RawV3;
import org.etcdmirror.benchmarks.peer.SerialV2;
import org.etcdmirror.benchmarks.process.JavaPrograms;

/** A program of this module to compare with. */
public final class JavaContestant implements Contestant {

  /** The raw limit of v3. */
  public static final JavaContestant RAW_V3 = new JavaContestant("raw limit", RawV3.class);

  /** The raw limit of a comparison of v3. */
  public static final JavaContestant RAW_COMPARE =
      new JavaContestant("raw limit", RawCompare.class);

  /** The raw limit of v2. */
  public static final JavaContestant RAW_V2 = new JavaContestant("raw limit", RawV2.class);

  /** A loop of long polls. */
  public static final JavaContestant SERIAL_V2 = new JavaContestant("serial loop", SerialV2.class);

  private final String name;
  private final Class<?> main;

  private JavaContestant(String name, Class<?> main) {
    this.name = name;
    this.main = main;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean continuesAfterStop() {
    return true;
  }

  @Override
  public List<String> command(Link link) {
    List<String> arguments = new ArrayList<>();
    arguments.add(link.source().toString());
    arguments.add(link.sink().toString());
    arguments.add(Long.toString(link.level()));
    arguments.addAll(link.prefixes());
    return JavaPrograms.command(main, arguments);
  }
}
