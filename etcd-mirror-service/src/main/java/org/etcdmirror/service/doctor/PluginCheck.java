package org.etcdmirror.service.doctor;

/**
 * Says that a side is not checked.
 *
 * @param side {@code source} or {@code sink}
 * @param address its address
 */
record PluginCheck(String side, String address) implements Check {

  @Override
  public String name() {
    return side;
  }

  @Override
  public void run(Findings findings) {
    findings.notChecked("'%s' is of a plug-in".formatted(address));
  }
}
