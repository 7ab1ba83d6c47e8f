package org.etcdmirror.service;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * A command that ends by itself, without a process of its own.
 *
 * @param code its exit code
 * @param out what it wrote to the standard output
 * @param err what it said at the end, on the standard error stream
 */
record Cli(int code, String out, String err) {

  static Cli execute(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new Cli(code, out.toString(), err.toString());
  }
}
