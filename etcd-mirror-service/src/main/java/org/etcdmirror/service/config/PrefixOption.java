package org.etcdmirror.service.config;

import java.util.List;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.MirrorScope;

/** Reads {@code PREFIX} and {@code PREFIX=TARGET}. */
public final class PrefixOption {

  private static final Pattern EMPTY_OR_DOTS = Pattern.compile("/(\\.{0,2})(/|$)");

  private PrefixOption() {}

  public static List<MirrorScope.Rule> parse(List<Given> prefixes, KeyModel keys) {
    return prefixes.stream().map(prefix -> parse(prefix, keys)).toList();
  }

  private static MirrorScope.Rule parse(Given given, KeyModel keys) {
    String[] sides = given.text().split("=", -1);
    if (sides.length > 2) {
      throw given.wrong("'" + given.text() + "' has more than one '='");
    }
    Bytes source = side(given, sides[0], keys);
    return new MirrorScope.Rule(source, sides.length == 1 ? source : side(given, sides[1], keys));
  }

  private static Bytes side(Given given, String prefix, KeyModel keys) {
    if (keys == KeyModel.BYTES) {
      return Bytes.utf8(prefix);
    }
    if (!prefix.startsWith("/")) {
      throw given.wrong("in '" + given.text() + "' the prefix does not begin with a slash");
    }
    String path = prefix.replaceFirst("/+$", "");
    if (EMPTY_OR_DOTS.matcher(path).find()) {
      throw given.wrong("in '" + given.text() + "' the prefix has an empty, '.' or '..' segment");
    }
    return Bytes.utf8(path.isEmpty() ? "/" : path);
  }
}
