package org.etcdmirror.simulation.model;

import java.io.IOException;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.etcdmirror.simulation.model.Faults.Fate;
import org.etcdmirror.simulation.model.V2Exchange.Head;

/**
 * Takes the place of OkHttp's network: asks the model servers, and tells the client's listener what
 * OkHttp would.
 */
final class V2Transport implements Interceptor {

  private static final MediaType JSON = MediaType.get("application/json");

  private final Network network;
  private EventListener.Factory listeners = call -> EventListener.NONE;

  private V2Transport(Network network) {
    this.network = network;
  }

  /** A client whose requests end at the model servers. */
  static OkHttpClient client(Network network, OkHttpClient.Builder builder) {
    if (builder.interceptors().stream().anyMatch(V2Transport.class::isInstance)) {
      return builder.build();
    }
    V2Transport transport = new V2Transport(network);
    OkHttpClient client = builder.addInterceptor(transport).build();
    transport.listeners = client.eventListenerFactory();
    return client;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    Call call = chain.call();
    EventListener listener = listeners.create(call);
    String authority = request.url().host() + ":" + request.url().port();
    V2Exchange exchange =
        new V2Exchange(
            network,
            authority,
            call,
            request.method() + " " + authority + request.url().encodedPath());
    boolean answered = false;
    try {
      Fate fate = exchange.connect(chain.connectTimeoutMillis());
      listener.connectionAcquired(call, new V2Connection(exchange));
      listener.requestHeadersStart(call);
      if (V2Request.isOne(request)) {
        exchange.send(V2Request.of(request), fate);
      } else {
        exchange.send(page(authority, request), fate);
      }
      Head head = exchange.awaitHead(chain.readTimeoutMillis());
      Response response =
          response(request, head)
              .body(
                  ResponseBody.create(
                      Okio.buffer(new Body(exchange, call, listener, chain.readTimeoutMillis())),
                      JSON,
                      -1))
              .build();
      listener.responseHeadersEnd(call, response);
      answered = true;
      return response;
    } finally {
      if (!answered) {
        exchange.leave();
      }
    }
  }

  private V2Reply page(String authority, Request request) {
    if (request.url().encodedPath().equals("/version")) {
      return new V2Reply(200, 0, "{\"etcdserver\":\"3.4.23\",\"etcdcluster\":\"3.4.0\"}");
    }
    int members = network.v2(authority).cluster().members().size();
    return new V2Reply(200, 0, "{\"members\":[" + "{},".repeat(members - 1) + "{}]}");
  }

  private static Response.Builder response(Request request, Head head) {
    Response.Builder response =
        new Response.Builder()
            .request(request)
            .protocol(Protocol.HTTP_1_1)
            .code(head.status())
            .message("")
            .header("Content-Type", JSON.toString())
            .header("X-Etcd-Cluster-Id", head.clusterId())
            .header("X-Etcd-Index", Long.toString(head.index()));
    return head.chunked() ? response.header("Transfer-Encoding", "chunked") : response;
  }

  /** The bytes of an answer as they come. */
  private static final class Body implements Source {

    private final V2Exchange exchange;
    private final Call call;
    private final EventListener listener;
    private final int readMillis;
    private boolean begun;
    private boolean closed;

    Body(V2Exchange exchange, Call call, EventListener listener, int readMillis) {
      this.exchange = exchange;
      this.call = call;
      this.listener = listener;
      this.readMillis = readMillis;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      if (!begun) {
        // OkHttp took it for ended when the transport answered.
        begun = true;
        listener.callStart(call);
      }
      return exchange.read(sink, byteCount, readMillis);
    }

    @Override
    public Timeout timeout() {
      return Timeout.NONE;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        listener.callEnd(call);
        exchange.leave();
      }
    }
  }
}
