package org.etcdmirror.service.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.function.Predicate;

/** A v2 source that gives some hostile answers; a real etcd gives the others. */
final class V2Attacks {

  private static final int DEEP = 100_000;

  private V2Attacks() {}

  static List<Attack> all() {
    return List.of(
        watching(
            "watch-ends",
            "ends each watch at once",
            (cluster, out) -> {
              out.write(Http1.head(200, cluster, "Transfer-Encoding: chunked"));
              out.write(Http1.chunk(""));
            }),
        watching(
            "watch-empty",
            "answers each watch with an empty body",
            (cluster, out) -> out.write(Http1.head(200, cluster, "Content-Length: 0"))),
        watching("watch-blank-lines", "floods each watch with blank lines", flood("\n".repeat(50))),
        watching(
            "watch-foreign-json",
            "floods each watch with JSON that is not etcd's",
            flood("{\"hello\":\"world\"}\n")),
        watching(
            "watch-malformed",
            "answers each watch with an event of index 2^63-1 and without a value",
            (cluster, out) -> {
              out.write(Http1.head(200, cluster, "Transfer-Encoding: chunked"));
              out.write(
                  Http1.chunk(
                      "{\"action\":\"set\",\"node\":{\"key\":\"/conf/bad\",\"value\":null,"
                          + "\"modifiedIndex\":9223372036854775807,"
                          + "\"createdIndex\":9223372036854775807}}\n"));
              out.write(Http1.chunk(""));
            }),
        watching(
            "watch-error",
            "answers each watch with an error of a huge number and a long cause",
            (cluster, out) -> {
              String body =
                  "{\"errorCode\":99999999999999999999,\"message\":\""
                      + " ".repeat(1_400_000)
                      + "\",\"cause\":\"x\",\"index\":-1}\n";
              out.write(Http1.head(400, cluster, "Content-Length: " + body.length()));
              out.write(body.getBytes(ISO_8859_1));
            }),
        meddling(
            "nested-json",
            "answers everything with JSON that is nested 100,000 deep",
            request -> true,
            (cluster, out) -> {
              String body = "{\"action\":\"get\",\"node\":" + "{\"node\":".repeat(DEEP);
              out.write(Http1.head(200, cluster, "Content-Length: " + body.length()));
              out.write(body.getBytes(ISO_8859_1));
            }));
  }

  /** An answer in the name of a cluster. */
  @FunctionalInterface
  private interface Answer {
    void write(String clusterId, java.io.OutputStream out) throws IOException;
  }

  private static Answer flood(String text) {
    return (cluster, out) -> {
      out.write(Http1.head(200, cluster, "Transfer-Encoding: chunked"));
      while (true) {
        out.write(Http1.chunk(text));
      }
    };
  }

  private static Attack watching(String name, String what, Answer answer) {
    return meddling(name, what, Http1.Request::waits, answer);
  }

  private static Attack meddling(
      String name, String what, Predicate<Http1.Request> with, Answer answer) {
    return Attack.of(
        Kind.V2,
        "source-" + name,
        what,
        stage -> {
          URI etcd = stage.etcd(Side.SOURCE).clientUrl();
          String cluster = clusterId(etcd);
          HostileServer server =
              new HostileServer(
                  Http1.meddling(etcd, with, (request, out) -> answer.write(cluster, out)));
          AutoCloseable led = stage.lead(Side.SOURCE, server.url());
          return () -> {
            led.close();
            server.close();
          };
        });
  }

  private static String clusterId(URI etcd) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(etcd.resolve("/v2/keys/")).build(), BodyHandlers.ofString())
        .headers()
        .firstValue("X-Etcd-Cluster-Id")
        .orElseThrow();
  }
}
