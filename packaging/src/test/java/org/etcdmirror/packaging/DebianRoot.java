package org.etcdmirror.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory into which dpkg installs as into a system of its own. Only root may add users and
 * give files away: another user is root in a name space, where programs of the test take the place
 * of the two that still fail there.
 */
final class DebianRoot {

  private final Path root;
  private final FakeJava java;
  private final boolean isRoot;

  private DebianRoot(Path root, FakeJava java, boolean isRoot) {
    this.root = root;
    this.java = java;
    this.isRoot = isRoot;
  }

  /** An empty system, with what the package depends on. */
  static DebianRoot in(Path directory) throws IOException {
    Path root = Files.createDirectory(directory.resolve("root"));
    for (String name : List.of("etc", "var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log")) {
      Files.createDirectories(root.resolve(name));
    }
    Files.createFile(root.resolve("etc/passwd"));
    Files.createFile(root.resolve("etc/group"));
    Files.createFile(root.resolve("var/lib/dpkg/available"));
    Files.writeString(
        root.resolve("var/lib/dpkg/status"),
        installed("passwd", "1:4.13", "")
            + installed("openjdk-17-jre-headless", "17.0.9", "java17-runtime-headless"));
    Object owner = Files.getAttribute(root, "unix:uid");
    DebianRoot made =
        new DebianRoot(root, FakeJava.in(directory.resolve("java"), "17.0.9"), owner.equals(0));
    made.writeStandIns();
    return made;
  }

  private static String installed(String name, String version, String provides) {
    return """
    Package: %s
    Status: install ok installed
    Architecture: all
    Version: %s
    Maintainer: nobody <nobody@example.org>
    %sDescription: a package
    """
            .formatted(name, version, provides.isEmpty() ? "" : "Provides: " + provides + "\n")
        + "\n";
  }

  private void writeStandIns() throws IOException {
    Path standIns = standIns();
    Script.write(
        standIns.resolve("useradd"),
        "[ \"$1\" = --prefix ] || exit 1",
        "echo 'etcd-mirror:!:999:999::/nonexistent:/usr/sbin/nologin' >>\"$2/etc/passwd\"",
        "echo 'etcd-mirror:!:999:' >>\"$2/etc/group\"");
    Script.write(standIns.resolve("chgrp"), "[ \"$1\" = 999 ] && [ -e \"$2\" ]");
  }

  private Path standIns() {
    return root.resolveSibling("stand-ins");
  }

  /** The Java of the maintainer scripts. */
  FakeJava java() {
    return java;
  }

  Path path(String name) {
    return root.resolve(name);
  }

  boolean isRoot() {
    return isRoot;
  }

  void install(Path debianPackage) {
    dpkg("--install", debianPackage).requireSuccess();
  }

  void remove() {
    dpkg("--remove", "etcd-mirror").requireSuccess();
  }

  void purge() {
    dpkg("--purge", "etcd-mirror").requireSuccess();
  }

  /** Does what a package with files in a directory does when it is installed. */
  void trigger(String directory) {
    asRoot("dpkg-trigger", "--admindir=" + path("var/lib/dpkg"), "--by-package=passwd", directory)
        .requireSuccess();
    dpkg("--triggers-only", "--pending").requireSuccess();
  }

  /** The version that is installed. */
  String version() {
    return Command.of(
            "dpkg-query",
            "--admindir=" + path("var/lib/dpkg"),
            "--show",
            "--showformat=${db:Status-Abbrev}${Version}",
            "etcd-mirror")
        .run()
        .requireSuccess()
        .out();
  }

  private Command.Result dpkg(Object... arguments) {
    List<Object> line =
        new ArrayList<>(List.of("dpkg", "--root=" + root, "--force-script-chrootless"));
    line.addAll(List.of(arguments));
    return asRoot(line.toArray());
  }

  private Command.Result asRoot(Object... command) {
    List<Object> line = new ArrayList<>(List.of(command));
    String path = System.getenv("PATH") + ":/usr/sbin:/sbin";
    if (!isRoot) {
      line.addAll(0, List.of("unshare", "--map-root-user"));
      path = standIns() + ":" + path;
    }
    return Command.of(line)
        .with("PATH", path)
        .with("JAVA_HOME", java.home())
        .with("DEBIAN_FRONTEND", "noninteractive")
        .run();
  }
}
