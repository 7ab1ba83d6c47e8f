package org.etcdmirror.v3.internal.sink;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.etcdmirror.api.PermanentException;

/** Many requests at a time, so that the way to the server is waited for once and not for each. */
public final class SinkCalls {

  private SinkCalls() {}

  /**
   * The answers in the order of the questions. After a failure nothing more is asked, and what is
   * under way is waited for, so that nothing happens behind the caller's back.
   */
  public static <Q, A> List<A> each(
      Collection<Q> questions, int atOnce, Function<Q, CompletableFuture<A>> ask)
      throws IOException, InterruptedException {
    List<A> answers = new ArrayList<>(questions.size());
    Deque<CompletableFuture<A>> asked = new ArrayDeque<>();
    try {
      for (Q question : questions) {
        if (asked.size() == atOnce) {
          answers.add(await(asked.remove()));
        }
        asked.add(ask.apply(question));
      }
      while (!asked.isEmpty()) {
        answers.add(await(asked.remove()));
      }
    } finally {
      for (CompletableFuture<A> left : asked) {
        left.handle((answer, failure) -> true).join();
      }
    }
    return answers;
  }

  static <A> A await(CompletableFuture<A> answer) throws IOException, InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException transientFailure) {
        throw transientFailure;
      }
      if (e.getCause() instanceof PermanentException permanent) {
        throw permanent;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
