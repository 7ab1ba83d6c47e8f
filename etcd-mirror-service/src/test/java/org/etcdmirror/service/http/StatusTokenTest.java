package org.etcdmirror.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.service.config.PageAccess;
import org.etcdmirror.service.config.TestPageAccess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Actions of a server with a token, and what is logged of them. */
class StatusTokenTest extends StatusServerFixture {

  private static final String TOKEN = "secret-0123456789";

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger service = (Logger) LoggerFactory.getLogger("org.etcdmirror.service");
  @TempDir Path directory;

  @Override
  PageAccess access() throws Exception {
    return TestPageAccess.withToken(directory.resolve("token"), TOKEN);
  }

  @BeforeEach
  void collectTheLog() {
    lines.start();
    service.addAppender(lines);
  }

  @AfterEach
  void leaveTheLog() {
    service.detachAppender(lines);
  }

  private HttpResponse<String> approve(String authorization) throws Exception {
    return send(
        request("/approve?plan=p1")
            .header("Authorization", authorization)
            .POST(BodyPublishers.noBody())
            .build());
  }

  private List<String> logged() {
    return List.copyOf(lines.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void actionNeedsTheToken() throws Exception {
    HttpResponse<String> without = post("/approve?plan=p1");
    assertThat(without.statusCode()).isEqualTo(401);
    assertThat(without.headers().firstValue("WWW-Authenticate"))
        .contains("Bearer realm=\"etcd-mirror\"");
    assertThat(approve("Bearer wrong").statusCode()).isEqualTo(401);
    assertThat(asked.get()).isEmpty();

    assertThat(approve("Bearer " + TOKEN).statusCode()).isEqualTo(200);
    assertThat(asked.get()).containsEntry("plan", "p1");
  }

  @Test
  void pagesNeedNoToken() throws Exception {
    assertThat(get("/status").statusCode()).isEqualTo(200);
  }

  @Test
  void actIsLoggedWithWhoAndWhatAndItsAnswer() throws Exception {
    approve("Bearer " + TOKEN);

    assertThat(logged()).contains("POST /approve?plan=p1 by token from 127.0.0.1: 200 approved");
  }

  @Test
  void refusalIsLoggedAndIsNoAct() throws Exception {
    approve("Bearer wrong-9876");

    assertThat(logged())
        .anyMatch(line -> line.startsWith("refused POST /approve from 127.0.0.1: the token is not"))
        .noneMatch(line -> line.contains(" by token "));
  }

  @Test
  void printedCommandActsAndHasTheTokenInNoArgument() throws Exception {
    String command = access().postCommand(request("/approve?plan=p1").build().uri().toString());
    assertThat(command).doesNotContain(TOKEN);

    Process shell =
        new ProcessBuilder("sh", "-c", command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();

    assertThat(new String(shell.getInputStream().readAllBytes(), UTF_8)).isEqualTo("approved\n");
    assertThat(shell.waitFor()).isZero();
  }

  @Test
  void noTokenIsLogged() throws Exception {
    approve("Bearer " + TOKEN);
    approve("Bearer wrong-9876");
    send(
        request("/approve?plan=p1&token=" + TOKEN)
            .header("Authorization", "Bearer " + TOKEN)
            .POST(BodyPublishers.noBody())
            .build());

    assertThat(logged()).isNotEmpty().noneMatch(line -> line.contains("secret"));
    assertThat(logged()).noneMatch(line -> line.contains("9876"));
  }
}
