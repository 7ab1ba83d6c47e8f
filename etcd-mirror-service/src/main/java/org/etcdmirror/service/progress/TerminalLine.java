package org.etcdmirror.service.progress;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;

/**
 * One line of a terminal that is drawn again and again in its place. Whatever else the program
 * writes to this terminal erases the line first, so that the two do not mix.
 */
final class TerminalLine implements AutoCloseable {

  /** To the start of the line, and then nothing up to its end. */
  private static final String ERASE = "\r\u001b[K";

  private final PrintStream terminal;
  private boolean drawn;
  private boolean closed;

  TerminalLine(PrintStream terminal) {
    this.terminal = terminal;
  }

  /** Takes the standard error stream, to which the log is written as well, until it is closed. */
  static TerminalLine onStandardError() {
    TerminalLine line = new TerminalLine(System.err);
    System.setErr(line.others());
    return line;
  }

  /** Draws the line, unless this is closed. */
  synchronized void draw(String text) {
    if (!closed) {
      terminal.print(ERASE + text);
      terminal.flush();
      drawn = true;
    }
  }

  synchronized void erase() {
    if (drawn) {
      terminal.print(ERASE);
      terminal.flush();
      drawn = false;
    }
  }

  /** Returns the stream for everything else. */
  PrintStream others() {
    return new PrintStream(new Others(), true, UTF_8);
  }

  @Override
  public synchronized void close() {
    erase();
    closed = true;
  }

  private final class Others extends OutputStream {

    @Override
    public void write(int one) {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      synchronized (TerminalLine.this) {
        erase();
        terminal.write(bytes, from, length);
      }
    }

    @Override
    public void flush() {
      terminal.flush();
    }
  }
}
