package org.etcdmirror.service.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/**
 * The links of a process.
 *
 * @param hasFile whether there is a configuration file
 * @param isList whether the file lists them, so that each has a name; otherwise there is one
 * @param all the settings of each, at least one; the options of the process are the same in all
 */
public record LinkList(boolean hasFile, boolean isList, List<Settings> all) {

  /** Copies the list. */
  public LinkList {
    all = List.copyOf(all);
  }

  /**
   * Reads the options of all links.
   *
   * @throws UsageException if one is wrong or missing, or two links would share their index. It
   *     names the file, the link and the option
   */
  public static LinkList read(ParseResult commandLine, Map<String, String> environment) {
    LinkValues values = LinkValues.merge(Values.onCommandLine(commandLine), environment);
    List<Settings> all = new ArrayList<>();
    for (Values one : values.all()) {
      try {
        all.add(Settings.of(one));
      } catch (UsageException e) {
        throw LinkMappings.inLink(one.optional(LinkOption.LINK), e);
      }
    }
    IndexPlaces.refuseShared(all);
    AuditFiles.refuseShared(all);
    return new LinkList(values.hasFile(), values.isList(), all);
  }

  /** Returns the settings in which to look for the options of the process. */
  public Settings process() {
    return all.get(0);
  }

  /** Whether the first link that fails ends the process. */
  public boolean failsFast() {
    return process().values().optional(LinkOption.FAIL_FAST) != null;
  }

  /**
   * Refuses another list for the same process if only a restart can take it over.
   *
   * @throws UsageException if it has other options of the process
   */
  public void refuseOtherProcess(LinkList next) {
    if (isList != next.isList) {
      throw new UsageException(
          "'%s' was added or removed; restart the service".formatted(LinkMappings.KEY));
    }
    Values before = process().values();
    Values after = next.process().values();
    for (LinkOption option : LinkOption.values()) {
      if (option.isOfProcess() && !before.texts(option).equals(after.texts(option))) {
        throw new UsageException(
            "'%s' changed, which all links share; restart the service".formatted(option.key()));
      }
    }
  }

  /** Returns an error that names the link as well, if it is in a list. */
  public static UsageException inLink(Settings link, UsageException error) {
    return LinkMappings.inLink(link.link(), error);
  }
}
