package org.etcdmirror.spring;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The names of the properties that a record binds. */
final class PropertyNames {

  private PropertyNames() {}

  static List<String> of(Class<?> properties) {
    List<String> names = new ArrayList<>();
    for (RecordComponent component : properties.getRecordComponents()) {
      String name = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      if (component.getType().isRecord()) {
        of(component.getType()).forEach(below -> names.add(name + "." + below));
      } else {
        names.add(name);
      }
    }
    return names;
  }
}
