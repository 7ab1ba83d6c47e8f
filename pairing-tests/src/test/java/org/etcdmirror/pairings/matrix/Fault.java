package org.etcdmirror.pairings.matrix;

/** What happens to one side, and how it ends. */
enum Fault {
  CUT("cut off", Fate.DROPPED) {
    @Override
    void begin(Line line) {
      line.proxy().refuse(true);
      line.proxy().cutAll();
    }
  },

  BLACK_HOLE("black hole", Fate.PASSED) {
    @Override
    void begin(Line line) {
      line.proxy().stall(true);
    }
  },

  PAGE_502("502 page", Fate.DROPPED) {
    @Override
    void begin(Line line) {
      line.proxy().answerHtml(502);
      line.proxy().cutAll();
    }

    @Override
    String says() {
      return "HTTP";
    }
  },

  KILLED("killed", Fate.DROPPED) {
    @Override
    void begin(Line line) {
      line.server().kill();
      line.proxy().refuse(true);
      line.proxy().cutAll();
    }

    @Override
    void end(Line line) {
      line.server().restart();
      super.end(line);
    }
  },

  FROZEN("frozen", Fate.PASSED) {
    @Override
    void begin(Line line) {
      line.server().suspend();
      // The tap would answer pings in the server's place.
      line.proxy().stall(true);
    }

    @Override
    void end(Line line) {
      line.server().resume();
      super.end(line);
    }
  },

  ANSWER_LOST("answer lost", Fate.ANSWER_LOST) {
    @Override
    void begin(Line line) {
      // The trap loses it.
    }
  },

  NO_SPACE("quota full", Fate.PASSED) {
    @Override
    void begin(Line line) {
      line.server().noSpace(true);
    }

    @Override
    void end(Line line) {
      line.server().noSpace(false);
    }

    @Override
    String says() {
      return "NOSPACE";
    }
  },

  COMPACTED("compacted", Fate.PASSED) {
    @Override
    void begin(Line line) throws Exception {
      line.server().forgetHistory();
    }
  },

  LOGIN_REFUSED("login refused", Fate.PASSED) {
    @Override
    void begin(Line line) {
      line.server().refuseLogin(true);
      // A watch that is open would go on.
      line.proxy().cutAll();
    }

    @Override
    String says() {
      return "authentication";
    }

    @Override
    void end(Line line) {
      line.server().refuseLogin(false);
    }
  };

  private final String title;
  private final Fate fate;

  Fault(String title, Fate fate) {
    this.title = title;
    this.fate = fate;
  }

  abstract void begin(Line line) throws Exception;

  void end(Line line) {
    line.proxy().heal();
  }

  /** What a report of it must contain, so that a person knows what to do. */
  String says() {
    return "";
  }

  /** What becomes of the request at which it begins. */
  Fate fate() {
    return fate;
  }

  /** Whether the side does not serve the mirror until it ends, so that the mirror must notice. */
  boolean lasts() {
    return switch (this) {
      case CUT, BLACK_HOLE, PAGE_502, KILLED, FROZEN, LOGIN_REFUSED -> true;
      case ANSWER_LOST, NO_SPACE, COMPACTED -> false;
    };
  }

  /** Whether requests are taken and not answered. */
  boolean withholdsAnswers() {
    return this == BLACK_HOLE || this == FROZEN;
  }

  /** Whether not even other clients are served. */
  boolean stopsTheServer() {
    return this == KILLED || this == FROZEN;
  }

  @Override
  public String toString() {
    return title;
  }
}
