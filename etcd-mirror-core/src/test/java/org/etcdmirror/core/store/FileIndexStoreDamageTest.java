package org.etcdmirror.core.store;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileIndexStoreDamageTest {

  private static final Checkpoint SAVED =
      new Checkpoint(3_020_127, "c1", "scope", Instant.parse("2026-01-02T03:04:05Z"));

  private final Path directory;
  private final Path file;

  FileIndexStoreDamageTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.file = directory.resolve("checkpoint");
    FileIndexStore.at(file).save(SAVED);
  }

  private void assertDamaged(byte[] content, String what) throws IOException {
    Files.write(file, content);
    assertThatThrownBy(() -> FileIndexStore.at(file).load())
        .as(what)
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void eachTruncationIsAnError() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      assertDamaged(Arrays.copyOf(whole, length), "cut to " + length);
    }
  }

  @Test
  void eachFlippedBitIsAnError() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] flipped = whole.clone();
        flipped[i] ^= (byte) (1 << bit);
        assertDamaged(flipped, "bit " + bit + " of byte " + i);
      }
    }
  }

  @Test
  void garbageIsAnError() throws IOException {
    assertDamaged("12345\n".getBytes(StandardCharsets.UTF_8), "a bare number");
    assertDamaged(new byte[4096], "zeros");
    byte[] twice = Arrays.copyOf(Files.readAllBytes(file), 4096);
    assertDamaged(twice, "padded with zeros");
  }

  @Test
  void savingOverDamageIsAnError() throws IOException {
    Files.writeString(file, "garbage");
    assertThatThrownBy(() -> FileIndexStore.at(file).save(SAVED))
        .isInstanceOf(PermanentException.class);
    assertThat(file).hasContent("garbage");
  }

  @Test
  void aHalfWrittenNewFileIsHarmless() throws IOException {
    Path leftover = directory.resolve("checkpoint.new-0123456789abcdef");
    Files.writeString(leftover, "etcd-mirror check");
    FileIndexStore store = FileIndexStore.at(file);
    assertThat(store.load()).contains(SAVED);
    Checkpoint next = new Checkpoint(3_020_128, null, null, SAVED.savedAt());
    store.save(next);
    assertThat(FileIndexStore.at(file).load()).contains(next);
    assertThat(leftover).doesNotExist();
  }

  @Test
  void missingDirectoryIsErrorNotEmptyStore() {
    FileIndexStore store = FileIndexStore.at(directory.resolve("missing/checkpoint"));
    assertThatThrownBy(store::load).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> store.save(SAVED)).isInstanceOf(IOException.class);
  }

  @Test
  void unreadableFileIsErrorNotEmptyStore() throws IOException {
    Path isDirectory = Files.createDirectory(directory.resolve("d"));
    assertThatThrownBy(() -> FileIndexStore.at(isDirectory).load())
        .isInstanceOf(PermanentException.class);
  }

  @Test
  void concurrentSaveFailsAndCanBeRepeated() throws IOException {
    FileIndexStore store = FileIndexStore.at(file);
    assertThat(store.load()).contains(SAVED);
    Checkpoint next = new Checkpoint(3_020_128, "c1", "scope", SAVED.savedAt());
    try (FileChannel other =
            FileChannel.open(directory.resolve("checkpoint.lock"), StandardOpenOption.WRITE);
        FileLock held = other.lock()) {
      assertThat(held.isValid()).isTrue();
      assertThatThrownBy(() -> store.save(next)).isInstanceOf(IOException.class);
    }
    store.save(next);
    assertThat(FileIndexStore.at(file).load()).contains(next);
  }

  @Test
  void failedSaveCanBeRepeated() throws IOException {
    FileIndexStore store = FileIndexStore.at(file);
    assertThat(store.load()).contains(SAVED);
    // A leftover that cannot be deleted.
    Path inTheWay = Files.createDirectory(directory.resolve("checkpoint.new-x"));
    Path inside = Files.createFile(inTheWay.resolve("inside"));
    Checkpoint next = new Checkpoint(3_020_128, "c1", "scope", SAVED.savedAt());
    assertThatThrownBy(() -> store.save(next)).isInstanceOf(IOException.class);
    assertThat(FileIndexStore.at(file).load()).contains(SAVED);
    Files.delete(inside);
    store.save(next);
    assertThat(FileIndexStore.at(file).load()).contains(next);
  }

  @Test
  void onlyTheOwnerMayReadTheFiles() throws IOException {
    assertThat(Files.getPosixFilePermissions(file))
        .containsExactlyInAnyOrder(OWNER_READ, OWNER_WRITE);
    assertThat(Files.getPosixFilePermissions(directory.resolve("checkpoint.lock")))
        .containsExactlyInAnyOrder(OWNER_READ, OWNER_WRITE);
  }

  @Test
  void aSymbolicLinkIsNeverFollowed() throws IOException {
    Path victim = Files.writeString(directory.resolve("victim"), "precious");
    Path link = Files.createSymbolicLink(directory.resolve("link"), victim);
    assertThatThrownBy(() -> FileIndexStore.at(link).load())
        .isInstanceOf(PermanentException.class)
        .hasMessageContainingAll(link.toString(), "symbolic link");
    Files.delete(directory.resolve("checkpoint.lock"));
    Files.createSymbolicLink(directory.resolve("checkpoint.lock"), directory.resolve("elsewhere"));
    assertThatThrownBy(() -> FileIndexStore.at(file).save(SAVED))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("checkpoint.lock");
    assertThat(victim).hasContent("precious");
    assertThat(directory.resolve("elsewhere")).doesNotExist();
  }

  @Test
  void fifoIsRefusedWithoutBlocking() throws Exception {
    Path fifo = directory.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> FileIndexStore.at(fifo).load())
        .isInstanceOf(PermanentException.class)
        .hasMessageContainingAll(fifo.toString(), "FIFO");
  }

  @Test
  void aHugeFileIsNotReadIntoMemory() throws IOException {
    Path huge = directory.resolve("huge");
    try (FileChannel sparse =
        FileChannel.open(huge, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      sparse.write(ByteBuffer.wrap(new byte[1]), 1L << 40);
    }
    assertThatThrownBy(() -> FileIndexStore.at(huge).load())
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining(huge.toString());
  }

  @Test
  void savesLeaveNoTemporaryFiles() throws IOException {
    FileIndexStore store = FileIndexStore.at(file);
    for (int i = 1; i <= 3; i++) {
      store.save(new Checkpoint(i, null, null, SAVED.savedAt()));
    }
    try (Stream<Path> all = Files.list(directory)) {
      assertThat(all.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("checkpoint", "checkpoint.lock");
    }
  }
}
