package org.etcdmirror.file.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.disk.DiskFile;

/**
 * A directory in memory that knows what is durable. A loss of power keeps what was synced, and any
 * part of the rest. It can be made full.
 */
public final class MemoryDisk implements Disk {

  /** A write, or a new size if there are no bytes. */
  private record Write(long offset, byte[] bytes, boolean isSize) {}

  /** The content of a file, under whatever name. */
  private static final class Content {
    private byte[] bytes = new byte[0];
    private byte[] durable = new byte[0];
    private final List<Write> since = new ArrayList<>();

    void apply(Write write) {
      bytes = applied(bytes, write);
      since.add(write);
    }

    static byte[] applied(byte[] before, Write write) {
      if (write.isSize()) {
        return Arrays.copyOf(before, (int) write.offset());
      }
      int end = (int) write.offset() + write.bytes().length;
      byte[] after = Arrays.copyOf(before, Math.max(before.length, end));
      System.arraycopy(write.bytes(), 0, after, (int) write.offset(), write.bytes().length);
      return after;
    }
  }

  private final Map<String, Content> names = new TreeMap<>();
  private final Map<String, Content> durableNames = new TreeMap<>();
  private long room = Long.MAX_VALUE;
  private boolean failsToSync;
  private boolean failsToTruncate;
  private boolean ignoresSync;
  private boolean locked;

  /** So many bytes more can be written. */
  public void room(long bytes) {
    room = bytes;
  }

  /** Whether each sync of a file fails. */
  public void failsToSync(boolean fails) {
    failsToSync = fails;
  }

  /** Whether files cannot be cut. */
  public void failsToTruncate(boolean fails) {
    failsToTruncate = fails;
  }

  /** Whether a sync only claims to do something. */
  public void ignoresSync(boolean ignores) {
    ignoresSync = ignores;
  }

  /** What may be there after a loss of power now. */
  public MemoryDisk afterLossOfPower(Random random) {
    MemoryDisk after = new MemoryDisk();
    Map<String, Content> left = new TreeMap<>(durableNames);
    Set<String> changed = new TreeSet<>(names.keySet());
    changed.addAll(durableNames.keySet());
    for (String name : changed) {
      if (random.nextBoolean()) {
        if (names.containsKey(name)) {
          left.put(name, names.get(name));
        } else {
          left.remove(name);
        }
      }
    }
    left.forEach((name, content) -> after.put(name, survived(content, random)));
    return after;
  }

  /** Each sector of each write that was not synced is there or not; also behind missing ones. */
  private static byte[] survived(Content content, Random random) {
    byte[] bytes = content.durable;
    int sector = 1 + random.nextInt(64);
    for (Write write : content.since) {
      for (int at = 0; at < write.bytes().length; at += sector) {
        if (random.nextInt(3) > 0) {
          byte[] part =
              Arrays.copyOfRange(write.bytes(), at, Math.min(write.bytes().length, at + sector));
          bytes = Content.applied(bytes, new Write(write.offset() + at, part, false));
        }
      }
      if (write.isSize() && random.nextBoolean()) {
        bytes = Content.applied(bytes, write);
      }
    }
    return bytes;
  }

  /** A copy in which all is durable. */
  public MemoryDisk copy() {
    MemoryDisk copy = new MemoryDisk();
    names.forEach((name, content) -> copy.put(name, content.bytes));
    return copy;
  }

  /** The bytes of a file. */
  public byte[] bytes(String name) {
    return names.get(name).bytes.clone();
  }

  /** Replaces the bytes of a file. */
  public void put(String name, byte[] bytes) {
    Content content = new Content();
    content.bytes = bytes.clone();
    content.durable = bytes.clone();
    names.put(name, content);
    durableNames.put(name, content);
  }

  @Override
  public Set<String> names() {
    return new TreeSet<>(names.keySet());
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return new Opened(content(name));
  }

  @Override
  public DiskFile openToWrite(String name) throws IOException {
    return open(name);
  }

  private Content content(String name) throws IOException {
    Content content = names.get(name);
    if (content == null) {
      throw new NoSuchFileException(name);
    }
    return content;
  }

  @Override
  public DiskFile create(String name) {
    Content content = new Content();
    names.put(name, content);
    return new Opened(content);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    names.put(to, content(from));
    names.remove(from);
  }

  @Override
  public void delete(String name) {
    names.remove(name);
  }

  @Override
  public void sync() {
    durableNames.clear();
    durableNames.putAll(names);
  }

  @Override
  public DiskFile scratch() {
    return new Opened(new Content());
  }

  @Override
  public Closeable lock() throws IOException {
    if (locked) {
      throw new IOException("locked");
    }
    locked = true;
    return () -> locked = false;
  }

  @Override
  public String path(String name) {
    return path() + "/" + name;
  }

  @Override
  public String path() {
    return "/memory";
  }

  private final class Opened implements DiskFile {

    private final Content content;

    Opened(Content content) {
      this.content = content;
    }

    @Override
    public int read(ByteBuffer into, long offset) {
      int count = (int) Math.max(0, Math.min(into.remaining(), content.bytes.length - offset));
      if (count > 0) {
        into.put(content.bytes, (int) offset, count);
      }
      return count;
    }

    @Override
    public void write(ByteBuffer from, long offset) throws IOException {
      byte[] bytes = new byte[(int) Math.min(from.remaining(), room)];
      boolean isWhole = bytes.length == from.remaining();
      from.get(bytes);
      room -= bytes.length;
      content.apply(new Write(offset, bytes, false));
      if (!isWhole) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public long size() {
      return content.bytes.length;
    }

    @Override
    public void truncate(long size) throws IOException {
      if (size < content.bytes.length) {
        if (failsToTruncate) {
          throw new IOException("cannot truncate");
        }
        content.apply(new Write(size, new byte[0], true));
      }
    }

    @Override
    public void force() throws IOException {
      if (failsToSync) {
        throw new IOException("cannot sync");
      }
      if (!ignoresSync) {
        content.durable = content.bytes;
        content.since.clear();
      }
    }

    @Override
    public void close() {}
  }
}
