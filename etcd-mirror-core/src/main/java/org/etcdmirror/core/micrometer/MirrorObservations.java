package org.etcdmirror.core.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Locale;
import org.etcdmirror.core.MirrorWork;
import org.etcdmirror.core.WorkObserver;
import org.etcdmirror.core.micrometer.MirrorObservation.Detail;
import org.jspecify.annotations.Nullable;

/**
 * Makes Micrometer {@linkplain MirrorObservation observations} of the work of a mirror, so that
 * batches and resyncs are spans of a trace. While one is open it is the current one of its thread,
 * so what a sink of your own observes is below it. Needs {@code micrometer-observation} on the
 * class path, which the library itself does without.
 *
 * <pre>{@code
 * EtcdMirror.builder().observer(new MirrorObservations(registry))...
 * }</pre>
 *
 * <p>Safe for use by several mirrors.
 */
public final class MirrorObservations implements WorkObserver {

  private static final String UNKNOWN = "unknown";

  private final ObservationRegistry registry;

  /** Observations in this registry. */
  public MirrorObservations(ObservationRegistry registry) {
    this.registry = requireNonNull(registry, "registry");
  }

  @Override
  public Ongoing begin(MirrorWork work) {
    MirrorWorkContext context = new MirrorWorkContext(work);
    Observation observation =
        Observation.createNotStarted(MirrorObservation.of(work).getName(), () -> context, registry)
            .lowCardinalityKeyValue(Detail.LINK.withValue(work.link()))
            // A meter has the same labels from its beginning on.
            .lowCardinalityKeyValue(Detail.OUTCOME.withValue(UNKNOWN));
    if (work instanceof MirrorWork.Resync resync) {
      String reason = resync.gap().reason().name().toLowerCase(Locale.ROOT);
      observation.lowCardinalityKeyValue(Detail.REASON.withValue(reason));
    } else if (work instanceof MirrorWork.Apply apply) {
      observation
          .highCardinalityKeyValue(
              Detail.EVENTS.withValue(Integer.toString(apply.batch().events().size())))
          .highCardinalityKeyValue(Detail.INDEX.withValue(Long.toString(apply.batch().index())));
    }
    observation.start();
    return new Observed(work, observation, observation.openScope());
  }

  private record Observed(MirrorWork work, Observation observation, Observation.Scope scope)
      implements Ongoing {

    @Override
    public void done(long written, long deleted) {
      if (work instanceof MirrorWork.Resync) {
        observation
            .highCardinalityKeyValue(Detail.WRITTEN.withValue(Long.toString(written)))
            .highCardinalityKeyValue(Detail.DELETED.withValue(Long.toString(deleted)));
      }
      end("done");
    }

    @Override
    public void undone(@Nullable Throwable why) {
      if (why != null) {
        observation.error(why);
      }
      end(why == null ? "again" : "undone");
    }

    private void end(String outcome) {
      observation.lowCardinalityKeyValue(Detail.OUTCOME.withValue(outcome));
      try {
        scope.close();
      } finally {
        observation.stop();
      }
    }
  }
}
