package org.etcdmirror.service.command;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.config.ServiceException;
import org.etcdmirror.service.config.UsageException;
import org.etcdmirror.service.run.Link;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.service.run.Outcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Moves a link's stored index. */
@Command(
    name = "set",
    description =
        "Prints what moving the stored index to N would lose or repeat. Moves it with --force; "
            + "without it the exit code is 3 and nothing is changed.")
final class IndexSetCommand extends LinkCommand {

  /** A running mirror stores its index at least this often. */
  private static final long SECONDS_BETWEEN_LOOKS = 3;

  /** Reads the index, and names a wrong one without a Java exception. */
  static final class Index implements ITypeConverter<Long> {

    @Override
    public Long convert(String text) {
      try {
        return Long.valueOf(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + text + "' is not a whole number");
      }
    }
  }

  @Parameters(
      paramLabel = "N",
      converter = Index.class,
      description = "The index that the next run continues from.")
  private long index;

  @Option(names = "--force", description = "Moves the index.")
  private boolean force;

  IndexSetCommand() {
    super(CommandKind.SET_INDEX);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (index < 0) {
      throw new UsageException("N: an index must not be negative: " + index);
    }
    try (Link link = LinkFactory.create(settings())) {
      IndexMove move =
          new IndexMove(
              link.store().load().orElse(null),
              index,
              link.source().head(link.selection()),
              InspectableSource.of(link.source()).history(link.selection()));
      String refusal = move.refusal();
      if (refusal != null) {
        throw new ServiceException(refusal);
      }
      if (move.isDone()) {
        print("the stored index is %d already".formatted(index));
        return Outcome.EQUAL;
      }
      print(move.explain());
      if (!force) {
        print("nothing was changed; --force moves the index");
        return Outcome.DIFFERENT;
      }
      save(link.store(), move);
      print("the stored index is %d now".formatted(index));
      return Outcome.EQUAL;
    }
  }

  private static void save(IndexStore store, IndexMove move)
      throws IOException, InterruptedException {
    TimeUnit.SECONDS.sleep(SECONDS_BETWEEN_LOOKS);
    try {
      store.save(move.checkpoint(Instant.now()));
    } catch (FencedException e) {
      throw new ServiceException("a mirror runs on this link; stop it first: " + e.getMessage(), e);
    }
  }
}
