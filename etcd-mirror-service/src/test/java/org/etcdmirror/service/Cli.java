package org.etcdmirror.service;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * The result of one command that was run in this JVM.
 *
 * @param code its exit code
 * @param out what it wrote to the standard output
 * @param err what it wrote to the standard error stream
 */
record Cli(int code, String out, String err) {

  static Cli execute(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new Cli(code, out.toString(), err.toString());
  }
}
