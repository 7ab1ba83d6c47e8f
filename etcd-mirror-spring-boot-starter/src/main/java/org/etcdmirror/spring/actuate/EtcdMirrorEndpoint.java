package org.etcdmirror.spring.actuate;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.spring.EtcdMirrors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * The actuator endpoint {@code etcdmirror}. It is exposed only where the application says so. Its
 * write operations also need {@code management.endpoint.etcdmirror.access=unrestricted}.
 */
@WebEndpoint(id = "etcdmirror", defaultAccess = Access.READ_ONLY)
public final class EtcdMirrorEndpoint {

  private static final int CONFLICT = 409;

  private final EtcdMirrors mirrors;

  EtcdMirrorEndpoint(EtcdMirrors mirrors) {
    this.mirrors = mirrors;
  }

  /** The status of all links, by their names. */
  @ReadOperation
  public Map<String, LinkDescription> links() {
    Map<String, LinkDescription> links = new LinkedHashMap<>();
    mirrors.links().forEach(link -> links.put(link, describe(link)));
    return links;
  }

  /** The status of one link. */
  @ReadOperation
  public @Nullable LinkDescription link(@Selector String link) {
    return mirrors.links().contains(link) ? describe(link) : null;
  }

  /**
   * What a resync would do now. Reads both sides.
   *
   * @param what {@code plan}
   */
  @ReadOperation
  public WebEndpointResponse<?> plan(@Selector String link, @Selector String what)
      throws InterruptedException {
    if (!mirrors.links().contains(link) || !what.equals("plan")) {
      return notFound(link, what, "plan");
    }
    try {
      return new WebEndpointResponse<>(PlanDescription.of(mirrors.mirror(link).plan()));
    } catch (IOException | IllegalStateException e) {
      return refused(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE, e);
    }
  }

  /**
   * Approves what a link waits for, pauses it or lets it go on.
   *
   * @param action {@code approve}, {@code pause} or {@code resume}
   * @param token for {@code approve}: the token of what was looked at
   */
  @WriteOperation
  public WebEndpointResponse<?> act(
      @Selector String link, @Selector String action, @Nullable String token) {
    if (!mirrors.links().contains(link)) {
      return notFound(link, action, "approve, pause, resume");
    }
    EtcdMirror mirror = mirrors.mirror(link);
    return switch (action) {
      case "approve" -> approve(link, mirror, token);
      case "pause" -> paused(link, mirror.pause());
      case "resume" -> {
        mirror.resume();
        yield new WebEndpointResponse<>(describe(link));
      }
      default -> notFound(link, action, "approve, pause, resume");
    };
  }

  private WebEndpointResponse<?> approve(String link, EtcdMirror mirror, @Nullable String token) {
    if (token == null || token.isBlank()) {
      return new WebEndpointResponse<>(
          error("token is missing; send the token of what you have looked at"),
          WebEndpointResponse.STATUS_BAD_REQUEST);
    }
    try {
      mirror.approve(token);
      return new WebEndpointResponse<>(describe(link));
    } catch (IllegalStateException e) {
      return refused(CONFLICT, e);
    }
  }

  /** A batch that is being written may take longer than the request. */
  private WebEndpointResponse<?> paused(String link, boolean stopped) {
    return new WebEndpointResponse<>(describe(link), stopped ? 200 : 202);
  }

  private WebEndpointResponse<?> notFound(String link, String what, String known) {
    String problem =
        mirrors.links().contains(link)
            ? "there is no '%s'; there is: %s".formatted(what, known)
            : "there is no link '%s'; there is: %s"
                .formatted(link, String.join(", ", mirrors.links()));
    return new WebEndpointResponse<>(error(problem), WebEndpointResponse.STATUS_NOT_FOUND);
  }

  private static WebEndpointResponse<?> refused(int status, Exception e) {
    return new WebEndpointResponse<>(error(String.valueOf(e.getMessage())), status);
  }

  private static Map<String, String> error(String problem) {
    return Map.of("error", problem);
  }

  private LinkDescription describe(String link) {
    return LinkDescription.of(link, mirrors.mirror(link).status());
  }
}
