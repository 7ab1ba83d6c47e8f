package org.etcdmirror.v3.internal.client;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.rpc.AuthGrpc;
import org.etcdmirror.v3.rpc.AuthenticateRequest;
import org.etcdmirror.v3.rpc.AuthenticateResponse;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the token of a user, for all clients that share it. A token is good at each member, for
 * some minutes after its last use, or until the server forgets it. Safe for use by many threads.
 */
final class V3Login {

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  /** What a header can carry. */
  private static final Pattern TOKEN_FORM = Pattern.compile("[!-~]+");

  private final String user;
  private final Access access;

  /**
   * One login.
   *
   * @param by the member that was asked, of the client that needed it first
   * @param token the token, or empty if the cluster wants none
   */
  record Attempt(V3Member by, CompletableFuture<Optional<String>> token) {}

  private @Nullable Attempt last;

  V3Login(String user, Access access) {
    this.user = user;
    this.access = access;
  }

  String user() {
    return user;
  }

  /**
   * Makes the next call log in again, unless another client already has.
   *
   * @param used the login that is no longer good
   */
  @SuppressWarnings("ReferenceEquality") // Each login is one of its own.
  synchronized void forget(@Nullable Attempt used) {
    if (last != null && last == used && last.token().isDone()) {
      last = null;
    }
  }

  private synchronized Attempt attempt(V3Member member) {
    Attempt known = last;
    if (known == null || known.token().isCompletedExceptionally()) {
      known = new Attempt(member, authenticate(member));
      last = known;
    }
    return known;
  }

  /**
   * Adds the token to a call, which waits until there is one.
   *
   * @param used is told of the login that the call goes by
   */
  CallCredentials credentials(V3Member member, Consumer<Attempt> used) {
    return new CallCredentials() {
      @Override
      public void applyRequestMetadata(
          RequestInfo info, Executor executor, MetadataApplier applier) {
        apply(member, used, applier);
      }
    };
  }

  private void apply(
      V3Member member, Consumer<Attempt> used, CallCredentials.MetadataApplier applier) {
    Attempt attempt = attempt(member);
    used.accept(attempt);
    CompletableFuture<Optional<String>> unused =
        attempt
            .token()
            .whenComplete((token, failure) -> {
              if (failure == null) {
                applier.apply(headers(token));
              } else if (isOfAnother(attempt.by(), member)) {
                apply(member, used, applier);
              } else {
                // The cause is what is shown: gRPC replaces most codes on this way.
                applier.fail(Status.UNAVAILABLE.withCause(unwrapped(failure)));
              }
            });
  }

  /** Whether a failed login says nothing about this member: it was closed, or is another one. */
  private static boolean isOfAnother(V3Member asked, V3Member member) {
    return asked != member && (asked.isClosed() || !asked.endpoint().equals(member.endpoint()));
  }

  private static Metadata headers(Optional<String> token) {
    Metadata headers = new Metadata();
    token.ifPresent(text -> headers.put(TOKEN, text));
    return headers;
  }

  /** A password may come from a slow file or supplier, and the caller may serve a connection. */
  private CompletableFuture<Optional<String>> authenticate(V3Member member) {
    return CompletableFuture.supplyAsync(this::readPassword, V3Login::start)
        .thenCompose(password -> authenticate(member, password));
  }

  private static void start(Runnable reading) {
    Thread thread = new Thread(reading, "etcd-mirror-password");
    thread.setDaemon(true);
    thread.start();
  }

  private String readPassword() {
    try {
      return access.readPassword();
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private CompletableFuture<Optional<String>> authenticate(V3Member member, String password) {
    AuthenticateRequest request =
        AuthenticateRequest.newBuilder().setName(user).setPassword(password).build();
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(V3Client.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    return V3Calls.unary(
            member, member.calls(), AuthGrpc.getAuthenticateMethod(), options, request, user)
        .<Optional<String>>handle((answer, failure) -> tokenOf(member, answer, failure));
  }

  private static Optional<String> tokenOf(
      V3Member member, @Nullable AuthenticateResponse answer, @Nullable Throwable failure) {
    if (answer != null) {
      return Optional.of(checked(member, answer.getToken()));
    }
    if (failure instanceof V3ErrorException error
        && error.problem() == V3Problem.AUTH_NOT_ENABLED) {
      return Optional.empty();
    }
    throw new CompletionException(failure);
  }

  /** gRPC would write any other token to the log, and send the call without one. */
  private static String checked(V3Member member, String token) {
    if (!TOKEN_FORM.matcher(token).matches()) {
      throw new CompletionException(
          new V3ProtocolException(
              AuthGrpc.getAuthenticateMethod().getFullMethodName(),
              member.endpoint(),
              "its token is empty or not printable ASCII"));
    }
    return token;
  }

  private static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
