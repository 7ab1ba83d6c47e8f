package org.etcdmirror.service.command;

import picocli.CommandLine.IVersionProvider;

/** Reads the version from the jar. */
public final class Version implements IVersionProvider {

  Version() {}

  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {"etcd-mirror " + (version == null ? "(not from a jar)" : version)};
  }
}
