package org.etcdmirror.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.file.internal.MemoryDisk;
import org.etcdmirror.file.internal.format.Damage;
import org.etcdmirror.file.internal.format.FileHeader;
import org.etcdmirror.file.internal.format.FileNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same harm to the last record is a torn end, which is left out, and to a record before it is
 * damage, which is an error.
 */
class TornOrDamagedTest {

  private static final String LOG = FileNames.log(1);
  private static final int BATCHES = 4;

  /** What can become of the bytes of a record. */
  private enum Harm {
    A_BIT_IS_TURNED {
      @Override
      byte[] to(byte[] record) {
        record[record.length / 2] ^= 1;
        return record;
      }
    },
    IT_IS_ALL_ZEROES {
      @Override
      byte[] to(byte[] record) {
        return new byte[record.length];
      }
    },
    ITS_BEGIN_WAS_NOT_WRITTEN {
      @Override
      byte[] to(byte[] record) {
        Arrays.fill(record, 0, record.length / 2, (byte) 0);
        return record;
      }
    },
    ITS_END_WAS_NOT_WRITTEN {
      @Override
      byte[] to(byte[] record) {
        Arrays.fill(record, record.length / 2, record.length, (byte) 0);
        return record;
      }
    },
    OLD_BYTES_ARE_IN_ITS_PLACE {
      @Override
      byte[] to(byte[] record) {
        new Random(7).nextBytes(record);
        return record;
      }
    },
    A_PART_IS_MISSING {
      @Override
      byte[] to(byte[] record) {
        return Arrays.copyOf(record, record.length - 9);
      }
    },
    ALL_OF_IT_IS_MISSING {
      @Override
      byte[] to(byte[] record) {
        return new byte[0];
      }
    };

    abstract byte[] to(byte[] record);
  }

  private final MemoryDisk disk = new MemoryDisk();
  private final int[] ends = new int[BATCHES + 1];

  TornOrDamagedTest() throws Exception {
    FileSink sink = sink(disk);
    ends[0] = FileHeader.BYTES;
    for (int i = 1; i <= BATCHES; i++) {
      sink.apply(EventBatch.of(List.of(Dump.put("/p/key" + i, "value " + i, i)), i, i), Dump.at(i));
      ends[i] = disk.bytes(LOG).length;
    }
  }

  private static FileSink sink(MemoryDisk disk) {
    return Dump.sink(disk, KeyModel.BYTES, Long.MAX_VALUE);
  }

  private static long index(MemoryDisk disk) throws Exception {
    return sink(disk).load().map(Checkpoint::index).orElse(0L);
  }

  private void harm(Harm harm, int group) {
    byte[] whole = disk.bytes(LOG);
    byte[] record = harm.to(Arrays.copyOfRange(whole, ends[group - 1], ends[group]));
    byte[] log = Arrays.copyOf(whole, ends[group - 1] + record.length + whole.length - ends[group]);
    System.arraycopy(record, 0, log, ends[group - 1], record.length);
    System.arraycopy(
        whole, ends[group], log, ends[group - 1] + record.length, whole.length - ends[group]);
    disk.put(LOG, log);
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void harmToTheLastRecordIsATornEndBehindWhichTheWriterGoesOn(Harm harm) throws Exception {
    harm(harm, BATCHES);

    assertThat(index(disk)).isEqualTo(BATCHES - 1);
    sink(disk).apply(EventBatch.of(List.of(Dump.put("/p/new", "1", 9)), 9, 9), Dump.at(9));
    assertThat(index(disk)).isEqualTo(9);
    assertThat(Dump.lines(sink(disk).snapshot(Dump.ALL))).hasSize(BATCHES);
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void harmToARecordBeforeTheLastIsDamageWithFileAndOffset(Harm harm) {
    for (int group = 1; group < BATCHES; group++) {
      TornOrDamagedTest fresh = fresh();
      fresh.harm(harm, group);

      Throwable damage = catchThrowable(() -> index(fresh.disk));
      assertThat(damage).as("record %d", group).isInstanceOf(Damage.class);
      String message = String.valueOf(damage.getMessage());
      Matcher place = Pattern.compile("'/memory/" + LOG + "' at offset (\\d+):").matcher(message);
      assertThat(place.find()).as(message).isTrue();
      assertThat(Integer.parseInt(place.group(1)))
          .as(message)
          .isBetween(ends[group - 1], ends[group]);
    }
  }

  /** Whole records that are gone from the end cannot be told from records that never were. */
  @Test
  void logThatLostItsLastRecordsIsAnOlderState() throws Exception {
    disk.put(LOG, Arrays.copyOf(disk.bytes(LOG), ends[2]));

    assertThat(index(disk)).isEqualTo(2);
  }

  private static TornOrDamagedTest fresh() {
    try {
      return new TornOrDamagedTest();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
