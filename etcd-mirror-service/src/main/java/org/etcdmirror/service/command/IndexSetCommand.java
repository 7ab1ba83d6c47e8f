package org.etcdmirror.service.command;

import java.io.IOException;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.IndexMove;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.config.ServiceException;
import org.etcdmirror.service.config.UsageException;
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
    try (EtcdMirror mirror = LinkFactory.create(settings()).mirror()) {
      IndexMove move = move(mirror);
      if (move.isDone()) {
        print("the stored index is %d already".formatted(index));
        return Outcome.EQUAL;
      }
      print(move.describe());
      if (!force) {
        print("nothing was changed; --force moves the index");
        return Outcome.DIFFERENT;
      }
      move.run();
      print("the stored index is %d now".formatted(index));
      return Outcome.EQUAL;
    } catch (FencedException e) {
      throw new ServiceException("a mirror runs on this link; stop it first: " + e.getMessage(), e);
    }
  }

  private IndexMove move(EtcdMirror mirror) throws IOException, InterruptedException {
    try {
      return mirror.moveIndex(index);
    } catch (IllegalArgumentException e) {
      throw new ServiceException(String.valueOf(e.getMessage()), e);
    }
  }
}
