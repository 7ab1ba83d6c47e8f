package org.etcdmirror.service.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.OwnKeys;

/** Where the links of a process store their indexes. Two links in one place would corrupt it. */
final class IndexPlaces {

  /**
   * Where one link stores its index.
   *
   * @param link its name
   * @param scheme the kind of its sink; empty for a file
   * @param endpoints the servers of its sink; empty for a file
   * @param key the key in the sink, or the file
   */
  private record Place(Given link, String scheme, List<String> endpoints, String key) {

    boolean isSame(Place other) {
      return key.equals(other.key)
          && scheme.equals(other.scheme)
          && (endpoints.equals(other.endpoints)
              || !Collections.disjoint(endpoints, other.endpoints));
    }
  }

  /** The scheme of a directory that holds a dump. */
  private static final String DUMP = "file";

  private IndexPlaces() {}

  /**
   * Compares the places of all links. A cluster that two links reach by different addresses is not
   * found; there the fence of the index ends the second mirror.
   *
   * @throws UsageException if two links have the same
   */
  static void refuseShared(List<Settings> links) {
    List<Place> known = new ArrayList<>();
    for (Settings settings : links) {
      Given link = settings.link();
      if (link == null) {
        continue;
      }
      Place place = place(link, settings);
      known.stream().filter(place::isSame).findFirst().ifPresent(other -> refuse(other, place));
      known.add(place);
    }
  }

  private static void refuse(Place one, Place other) {
    throw other
        .link()
        .wrong(
            "links '%s' and '%s' would both store their index in '%s'; give one another name,"
                    .formatted(one.link().text(), other.link().text(), other.key())
                + " checkpoint-key, index-store or directory");
  }

  private static Place place(Given link, Settings settings) {
    Path file = settings.indexFile();
    if (file != null) {
      return new Place(link, "", List.of(), RealPath.of(file).toString());
    }
    Given key = settings.checkpointKey();
    MirrorAddress sink = Providers.address(settings.sink());
    if (sink.scheme().equals(DUMP)) {
      // A dump has the index of one link, whatever its name.
      return new Place(link, DUMP, List.of(), dump(sink, settings.sink()));
    }
    return new Place(
        link,
        sink.scheme(),
        sink.endpoints().stream().map(one -> one.replaceFirst("/+$", "")).toList(),
        key == null ? OwnKeys.TREE + "/" + link.text().replaceFirst("^/", "") : key.text());
  }

  private static String dump(MirrorAddress sink, Given given) {
    try {
      return RealPath.of(Path.of(sink.rest().split("\\?", 2)[0])).toString();
    } catch (InvalidPathException e) {
      throw given.wrong(e);
    }
  }
}
