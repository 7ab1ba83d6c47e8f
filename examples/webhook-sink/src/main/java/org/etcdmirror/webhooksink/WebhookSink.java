package org.etcdmirror.webhooksink;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IdentifiedSink;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.OutcomeUnknownException.Touched;
import org.etcdmirror.api.SinkIdentity;

/**
 * Posts each batch to a webhook, at least once. A batch that is sent again has the same {@code
 * Idempotency-Key}, so that the receiver can tell. After an answer was lost, the sink names the
 * keys of the batch, and the mirror sends what the source holds there until nothing comes late.
 */
public final class WebhookSink implements IdentifiedSink {

  private final Webhook webhook;
  private final Duration lateEffects;
  private List<MirrorEvent> unsettled = List.of();
  private String idempotencyKey = "";

  /**
   * Makes a sink.
   *
   * @param url gets POST for a batch, and GET and PUT for the identity of its data
   * @param timeout how long to wait for an answer
   * @param lateEffects how long a request may be on its way after its answer was lost: as long as
   *     the slowest proxy on the way keeps it
   */
  public WebhookSink(URI url, Duration timeout, Duration lateEffects) {
    this.webhook = new Webhook(url, timeout);
    this.lateEffects = lateEffects;
  }

  @Override
  public KeyModel keyModel() {
    return KeyModel.BYTES;
  }

  @Override
  public Duration lateEffects() {
    return lateEffects;
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    if (batch.events().isEmpty()) {
      return;
    }
    // Other events under the key of a batch that arrived would be taken for that batch.
    if (!batch.events().equals(unsettled)) {
      unsettled = batch.events();
      idempotencyKey = UUID.randomUUID().toString();
    }
    try {
      webhook.send(request ->
          request
              .header("Content-Type", "application/json")
              .header("Idempotency-Key", idempotencyKey)
              .POST(BodyPublishers.ofByteArray(BatchJson.of(batch))));
    } catch (NoAnswerException e) {
      List<Touched> touched = batch.events().stream().map(WebhookSink::touched).toList();
      throw new OutcomeUnknownException(String.valueOf(e.getMessage()), touched, e);
    }
    unsettled = List.of();
  }

  private static Touched touched(MirrorEvent event) {
    return event instanceof MirrorEvent.DeleteTree
        ? Touched.tree(event.key())
        : Touched.key(event.key());
  }

  @Override
  public Optional<SinkIdentity> identity() throws IOException, InterruptedException {
    String[] text = webhook.send(request -> request.GET()).split(" ", -1);
    return text.length == 2
        ? Optional.of(new SinkIdentity(text[0], Long.parseLong(text[1])))
        : Optional.empty();
  }

  @Override
  public void identify(SinkIdentity identity) throws IOException, InterruptedException {
    String text = identity.id() + " " + identity.index();
    webhook.send(request -> request.PUT(BodyPublishers.ofString(text)));
  }

  @Override
  public void close() {}
}
