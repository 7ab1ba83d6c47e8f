package org.etcdmirror.spring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;

/** Finds the beans of an application that belong to a link. */
final class LinkBeans {

  private final ListableBeanFactory beans;

  LinkBeans(ListableBeanFactory beans) {
    this.beans = beans;
  }

  /**
   * Refuses annotations that name no link, which would have no effect.
   *
   * @throws LinkBeanException if there is one; the message names the bean
   */
  void refuseUnknownLinks(Collection<String> links) {
    for (String bean : beans.getBeanNamesForAnnotation(ForLink.class)) {
      for (String link : linksOf(bean)) {
        if (!links.contains(link)) {
          throw new LinkBeanException(
              "bean '%s' is for link '%s', which is not configured: %s"
                  .formatted(bean, link, links),
              "add properties under %s, or correct @ForLink"
                  .formatted(EtcdMirrorProperties.nameOf(link, "*")));
        }
      }
    }
  }

  /**
   * Returns the bean that only this link uses; null if there is none.
   *
   * @throws LinkBeanException if there are several, or it is for several links
   */
  <T> @Nullable T own(Class<T> type, String link) {
    String name = only(type, link, annotated(type, link));
    if (name == null) {
      return null;
    }
    if (linksOf(name).size() > 1 && beans.isSingleton(name)) {
      throw new LinkBeanException(
          "bean '%s' is for several links, but a mirror closes its %s: %s"
              .formatted(name, type.getSimpleName(), linksOf(name)),
          "make a bean for each, or a prototype");
    }
    return beans.getBean(name, type);
  }

  /**
   * Returns the bean for this link, or the one for all; null if there is none.
   *
   * @throws LinkBeanException if several are for this link, or for all
   */
  <T> @Nullable T any(Class<T> type, String link) {
    String name = only(type, link, annotated(type, link));
    if (name == null) {
      name = only(type, link, unmarked(type));
    }
    return name == null ? null : beans.getBean(name, type);
  }

  /** Returns the beans for this link and those for all, in their order. */
  <T> List<T> all(Class<T> type, String link) {
    List<T> found = new ArrayList<>();
    unmarked(type).forEach(name -> found.add(beans.getBean(name, type)));
    annotated(type, link).forEach(name -> found.add(beans.getBean(name, type)));
    AnnotationAwareOrderComparator.sort(found);
    return found;
  }

  private List<String> annotated(Class<?> type, String link) {
    return List.of(beans.getBeanNamesForType(type)).stream()
        .filter(name -> linksOf(name).contains(link))
        .toList();
  }

  /** Returns the beans without the annotation. */
  List<String> unmarked(Class<?> type) {
    return List.of(beans.getBeanNamesForType(type)).stream()
        .filter(name -> linksOf(name).isEmpty())
        .toList();
  }

  private List<String> linksOf(String bean) {
    ForLink found = beans.findAnnotationOnBean(bean, ForLink.class);
    return found == null ? List.of() : List.of(found.value());
  }

  private static @Nullable String only(Class<?> type, String link, List<String> names) {
    if (names.size() > 1) {
      throw new LinkBeanException(
          "link '%s' has several beans of type %s: %s".formatted(link, type.getSimpleName(), names),
          "keep one, or say with @ForLink which link each is for");
    }
    return names.isEmpty() ? null : names.get(0);
  }
}
