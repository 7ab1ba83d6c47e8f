package org.etcdmirror.pairings.matrix;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a mirror is doing when a fault begins. */
enum Stage {
  CONNECT(null, null) {
    @Override
    void prepare(Life life) {
      // The fault is there before the mirror.
    }

    @Override
    void act(Life life) {
      life.start();
    }
  },

  LOGIN(Asked.LOGIN, Asked.LOGIN) {
    @Override
    void prepare(Life life) {
      // Its first request is the login.
    }

    @Override
    void act(Life life) {
      life.start();
    }
  },

  /** The first copy, between two pages of the source, or as the sink is read for it. */
  SNAPSHOT(Asked.READ_ON, Asked.READ) {
    @Override
    void prepare(Life life) {
      // A first run begins with it.
    }

    @Override
    void act(Life life) {
      life.start();
    }
  },

  /** Following, with nothing under way. */
  LIVE(null, null) {
    @Override
    @Nullable Asked begins(Side side, Fault fault) {
      return side == Side.SOURCE && fault == Fault.ANSWER_LOST ? Asked.EVENTS : null;
    }

    @Override
    void act(Life life) {
      life.change();
    }
  },

  APPLY(null, Asked.WRITE) {
    @Override
    void act(Life life) {
      life.change();
    }
  },

  SAVE(null, Asked.SAVE) {
    @Override
    void act(Life life) {
      life.source().server().putOutside();
    }
  },

  /** Behind a gap, as the source is read or the sink is written. */
  RESYNC(Asked.READ, Asked.WRITE) {
    @Override
    void prepare(Life life) throws Exception {
      super.prepare(life);
      life.mirror().close();
      life.change();
      life.source().server().forgetHistory();
    }

    @Override
    void act(Life life) {
      life.startAnother();
    }
  },

  VERIFY(Asked.READ_ON, Asked.READ_ON) {
    @Override
    void act(Life life) {
      life.call(life::verify);
    }
  },

  /** As the reverse link's index is stored in the source, or the mark in the sink. */
  CUT_OVER(Asked.SAVE, Asked.MARK) {
    @Override
    void act(Life life) {
      life.call(life::cutOver);
    }

    @Override
    String goOn(Life life) throws Exception {
      if (life.awaitCall() == null) {
        return BY_ITSELF;
      }
      if (life.hasFailed()) {
        life.another();
      }
      life.repeatCutOver();
      return "repeat";
    }
  },

  /** The close begins when the fault has, with a change under way. */
  CLOSE(null, Asked.WRITE) {
    @Override
    void act(Life life) {
      life.change();
    }

    @Override
    String goOn(Life life) throws Exception {
      life.startAnother();
      life.assertFollows();
      return "next run";
    }
  };

  static final String BY_ITSELF = "by itself";

  private final @Nullable Asked ofSource;
  private final @Nullable Asked ofSink;

  Stage(@Nullable Asked ofSource, @Nullable Asked ofSink) {
    this.ofSource = ofSource;
    this.ofSink = ofSink;
  }

  /** The request at which a fault begins; null if it begins before {@link #act}. */
  @Nullable Asked begins(Side side, Fault fault) {
    return side == Side.SOURCE ? ofSource : ofSink;
  }

  /** Up to the moment before the fault: by default a mirror that is level. */
  void prepare(Life life) throws Exception {
    life.start();
    life.assertFollows();
  }

  /** Does what leads to the request, or what the fault is to disturb. */
  abstract void act(Life life) throws Exception;

  /** Lets the mirror go on when the fault has ended; says who did it. */
  String goOn(Life life) throws Exception {
    boolean failed = life.hasFailed();
    if (failed) {
      life.startAnother();
    }
    life.assertFollows();
    return failed ? "start again" : BY_ITSELF;
  }

  /** Whether a side takes part; v2 has no login, as each request has the password. */
  boolean concerns(Api api, Side side) {
    return switch (this) {
      case LOGIN -> api == Api.V3;
      case APPLY, SAVE -> side == Side.SINK;
      default -> true;
    };
  }

  /** Whether a person waits for a result. */
  boolean isCall() {
    return this == VERIFY || this == CUT_OVER;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
