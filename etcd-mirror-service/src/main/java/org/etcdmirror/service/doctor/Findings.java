package org.etcdmirror.service.doctor;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.service.doctor.Finding.Level;

/** Collects what one check finds. */
final class Findings {

  private final String check;
  private final List<Finding> all = new ArrayList<>();

  Findings(String check) {
    this.check = check;
  }

  void ok(String text) {
    all.add(new Finding(Level.OK, check, text, ""));
  }

  void warning(String text, String remedy) {
    all.add(new Finding(Level.WARNING, check, text, remedy));
  }

  void problem(String text, String remedy) {
    all.add(new Finding(Level.PROBLEM, check, text, remedy));
  }

  /** What could not be checked is never ok. */
  void notChecked(String why) {
    warning("not checked: " + why, "");
  }

  void notChecked(Exception failure) {
    notChecked(failure.getMessage() == null ? failure.toString() : failure.getMessage());
  }

  List<Finding> all() {
    return List.copyOf(all);
  }
}
