package org.etcdmirror.spring;

import java.util.List;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;

/**
 * What is said about one side of a link.
 *
 * @param link the name of the link's properties
 * @param side which side of the link, as in the names of its properties
 * @param properties its properties
 * @param address where it is; null if that is not said
 */
record LinkSide(String link, String side, SideProperties properties, @Nullable String address) {

  /** An empty property, such as one whose placeholder has no value, says nothing. */
  LinkSide {
    address = address == null || address.isBlank() ? null : address;
  }

  /** Returns the full name of the property that holds the address. */
  String property() {
    return name() + ".address";
  }

  /**
   * Returns the address of a side that is no bean.
   *
   * @param unmarked beans that could be the side but belong to no link
   * @throws LinkPropertyException if it is missing or has no scheme
   */
  MirrorAddress required(Class<?> type, List<String> unmarked) {
    if (address == null) {
      throw new LinkPropertyException(
          property(),
          "is missing",
          "set the address of the %s, such as v3:http://a:2379, or annotate a bean of type %s with @ForLink(\"%s\")%s"
              .formatted(
                  side,
                  type.getSimpleName(),
                  link,
                  unmarked.isEmpty() ? "" : "; without it are: " + String.join(", ", unmarked)));
    }
    return parse(address);
  }

  private MirrorAddress parse(String text) {
    try {
      return MirrorAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new LinkPropertyException(
          property(),
          "is '%s', which has no scheme".formatted(text),
          "write SCHEME:ADDRESS, such as v3:http://a:2379",
          e);
    }
  }

  /**
   * Refuses an address where a bean is the side.
   *
   * @throws LinkPropertyException if there is one
   */
  void refuseAddress() {
    if (address != null) {
      throw new LinkPropertyException(
          property(),
          "is '%s', but a bean is the %s".formatted(address, side),
          "remove the property, or the bean with @ForLink(\"%s\")".formatted(link));
    }
  }

  /**
   * Returns who the mirror is to this side.
   *
   * @param bundles the SSL bundles of the application; null if it has none
   * @throws LinkPropertyException as {@link LinkAccess#get}
   */
  Access access(@Nullable SslBundles bundles) {
    return new LinkAccess(name(), properties, bundles).get();
  }

  /** Whether both are the same API of the same server, as far as their addresses say. */
  boolean isSame(LinkSide other) {
    if (address == null || other.address == null) {
      return false;
    }
    MirrorAddress one = parse(address);
    MirrorAddress another = other.parse(other.address);
    return one.scheme().equals(another.scheme())
        && one.endpoints().stream().anyMatch(another.endpoints()::contains);
  }

  private String name() {
    return EtcdMirrorProperties.nameOf(link, side);
  }
}
