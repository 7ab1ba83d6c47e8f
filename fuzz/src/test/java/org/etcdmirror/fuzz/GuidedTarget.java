package org.etcdmirror.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.AccessTls;
import org.etcdmirror.service.config.UsageException;
import org.etcdmirror.testkit.fault.FakeV2Server;
import org.etcdmirror.testkit.fault.FakeV2Server.Answer;
import org.etcdmirror.testkit.fault.RawGrpcServer;
import org.etcdmirror.v2.V2Source;
import org.etcdmirror.v3.V3Source;

/**
 * What Jazzer calls with the bytes that it makes up, guided by the code that they reached. {@code
 * -Dfuzz.target} is {@code config}, {@code certificate}, {@code v2} or {@code v3}; the last two are
 * the body of each answer.
 */
public final class GuidedTarget {

  private static Reader reader = input -> {};
  private static volatile byte[] answer = new byte[0];

  private GuidedTarget() {}

  /** Reads an input; throws only what it may. */
  @FunctionalInterface
  private interface Reader {
    void read(byte[] input) throws Exception;
  }

  /** Called once by Jazzer. */
  public static void fuzzerInitialize() throws IOException {
    String name = System.getProperty("fuzz.target", "");
    reader =
        switch (name) {
          case "config" -> config(Files.createTempFile("fuzz", ".yaml"));
          case "certificate" -> certificate(Files.createTempFile("fuzz", ".pem"));
          case "v2" -> v2();
          case "v3" -> v3();
          default -> throw new IllegalArgumentException("unknown target '" + name + "'");
        };
  }

  /** Called by Jazzer for each input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    reader.read(input);
  }

  private static Reader config(Path file) {
    return input -> {
      Files.write(file, input);
      try {
        HostileConfigTest.settings(file);
      } catch (UsageException refused) {
        // As it should be.
      }
    };
  }

  private static Reader certificate(Path file) {
    return input -> {
      Files.write(file, input);
      try {
        AccessTls.of(Access.builder().caCert(file).build());
      } catch (IllegalArgumentException refused) {
        // As it should be.
      }
    };
  }

  private static Reader v2() {
    FakeV2Server server =
        new FakeV2Server(request -> new Answer(200, "9", new String(answer, UTF_8)));
    V2Source source = V2Source.of(server.url().toString());
    return input -> {
      answer = input;
      read(source, "/conf", server.url());
    };
  }

  private static Reader v3() {
    RawGrpcServer server = RawGrpcServer.start((method, call) -> answered(call));
    V3Source source = V3Source.of(server.url().toString());
    return input -> {
      answer = input;
      read(source, "/conf/", server.url());
    };
  }

  private static ServerCall.Listener<byte[]> answered(ServerCall<byte[], byte[]> call) {
    call.request(1);
    call.sendHeaders(new Metadata());
    call.sendMessage(answer);
    call.close(Status.OK, new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private static void read(EventSource source, String prefix, URI server)
      throws InterruptedException {
    try (Snapshot snapshot = source.snapshot(Selection.of(Bytes.utf8(prefix)))) {
      while (snapshot.next() != null) {
        // Only what it throws counts.
      }
    } catch (IOException | PermanentException refused) {
      Refusal.check(refused, server);
    }
  }
}
