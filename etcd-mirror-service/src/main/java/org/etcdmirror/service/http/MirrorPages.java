package org.etcdmirror.service.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.service.http.StatusServer.Action;
import org.jspecify.annotations.Nullable;

/** The pages and actions of one mirror. */
final class MirrorPages implements Pages {

  /** The page whose answer may come later. */
  static final String AWAIT = "/await";

  private final Map<String, Supplier<StatusReply>> pages;
  private final IndexWaits waits;
  private final Map<String, Action> actions;

  /**
   * Makes the pages.
   *
   * @param base what stands before the path of an action, where a page names one
   * @param waits the clients that wait for an index; closed with the pages
   * @param actions what a POST to each path does
   * @param more further pages
   */
  MirrorPages(
      String base,
      Supplier<MirrorStatus> status,
      IndexWaits waits,
      Map<String, Action> actions,
      Map<String, Supplier<StatusReply>> more) {
    this.waits = waits;
    this.actions = Map.copyOf(actions);
    Map<String, Supplier<StatusReply>> all = new HashMap<>(more);
    all.put("/healthz", new KeptReply(() -> StatusReply.health(status.get())));
    all.put("/readyz", () -> StatusReply.readiness(status.get(), base));
    all.put("/status", () -> StatusReply.json(status.get()));
    all.put("/lag", () -> StatusReply.lag(status.get()));
    this.pages = Map.copyOf(all);
  }

  @Override
  public @Nullable Supplier<StatusReply> page(String path) {
    return pages.get(path);
  }

  @Override
  public @Nullable IndexWaits waits(String path) {
    return path.equals(AWAIT) ? waits : null;
  }

  @Override
  public @Nullable Action action(String path) {
    return actions.get(path);
  }

  @Override
  public String known() {
    return "pages are /, %s, %s; POST %s"
        .formatted(AWAIT, sorted(pages.keySet()), sorted(actions.keySet()));
  }

  private static String sorted(Set<String> paths) {
    return String.join(", ", new TreeSet<>(paths));
  }

  @Override
  public void close() {
    waits.close();
  }
}
