/*
 * The lead of a link with standbys on v3 (StandbyLives, WarmWatch, SinkCandidate): a member that
 * takes over writes nothing twice, nothing old, and loses nothing.
 *
 * Two members follow one source, whose changes have the indexes 1, 2, and so on. The key of the
 * leader may go at any time, as its lease may end while the leader stands still: a process of this
 * model may do nothing for as long as it likes, and then go on. The sink executes a transaction at
 * any later time, or never, and an answer may be lost. A transaction brings the changes behind one
 * index up to another one, and compares the text of the checkpoint, which it also writes. The source
 * may forget its history. The sink may be put back once.
 *
 * The server asserts that each transaction goes on where the sink is, and not behind it. A member
 * asserts that it needs no history of the source if it called itself warm when it got the lead.
 *
 * Faults to switch on, each gives a counterexample:
 *   -DNO_COMPARE            the server ignores the comparison
 *   -DGOES_ON_WHEN_REFUSED  a leader that was refused takes the new text, and writes on
 *   -DTAKES_ANY_BUFFER      a takeover does not ask whether the buffer covers the stored index
 *   -DKEEPS_BUFFER          a watch that broke is opened anew at its end, beside the old buffer
 *   -DWARM_WHILE_OPEN       a standby with an open watch calls itself warm, whatever that covers
 */

#define CHANGES 2    /* in the source */
#define SLOTS 2      /* requests that may be under way at once */
#define BREAKS 1     /* of the watch of the standby */
#define LOSSES 1     /* answers that a leader stops to wait for, all together */

#define FREE 0
#define SENT 1
#define DONE 2
#define REFUSED 3
#define ORPHAN 4     /* the sender no longer waits for the answer */

byte state[SLOTS];
byte compares[SLOTS];  /* the text of the checkpoint */
byte from[SLOTS];      /* the changes behind this index */
byte to[SLOTS];        /* up to this one */
byte by[SLOTS];
bool holed[SLOTS];     /* some of these changes are missing */

byte source = 0;       /* the newest index of the source */
byte oldest = 0;       /* the source knows the changes behind this index */
byte index = 0;        /* the stored index: the sink holds all changes through it */
byte text = 1;         /* the number of the checkpoint's text */
byte writer = 0;       /* the time as leader that wrote it; 0 for none */
byte leader = 0;       /* who holds the leader's key; 0 for none */
byte breaks = 0;
byte losses = 0;
bool restored = false;

inline free(slot) {
  state[slot] = FREE; compares[slot] = 0; from[slot] = 0; to[slot] = 0; by[slot] = 0;
  holed[slot] = false
}

inline execute(slot) {
  d_step {
    equal = (compares[slot] == text);
#ifdef NO_COMPARE
    equal = true;
#endif
    if
    :: equal ->
       assert(from[slot] <= index);   /* no change is left out */
       assert(to[slot] >= index);     /* nothing old is written */
       assert(!holed[slot]);
       index = to[slot]; text++; writer = by[slot]
    :: else -> skip
    fi;
    if
    :: state[slot] == ORPHAN -> free(slot)
    :: state[slot] == SENT && equal -> state[slot] = DONE
    :: else -> state[slot] = REFUSED
    fi;
    equal = false
  }
}

active proctype Sink() {
  bool equal;
  do
  :: atomic { state[0] == SENT || state[0] == ORPHAN -> execute(0) }
  :: atomic { state[1] == SENT || state[1] == ORPHAN -> execute(1) }
  /* The lease of a leader that stands still ends. */
  :: atomic { leader != 0 -> leader = 0 }
  :: d_step { !restored && index > 0 -> restored = true; index = 0; text++; writer = 0 }
  od
}

active proctype Source() {
  do
  :: d_step { source < CHANGES -> source++ }
  :: d_step { oldest < source -> oldest = source }
  od
}

inline opens(at) {
  open = true; hole = false; first = at; last = at
}

inline closes() {
  open = false; hole = false; first = 0; last = 0
}

inline breaksWatch() {
  breaks++;
#ifdef KEEPS_BUFFER
  if
  :: last < source -> hole = true; last = source
  :: else -> skip
  fi
#else
  closes()
#endif
}

/* The first one leads from the beginning, and does not lead again. */
proctype Member(bool begins) {
  byte first, last;      /* the buffer holds the changes behind first through last */
  bool open, hole, warm;
  bool before;           /* whether the sink was put back before the lead was got */
  byte known, slot, me;

  if
  :: begins -> me = 1; opens(0); goto leads
  :: else -> me = 2
  fi;
  do
  /* The watch begins at the stored index, if the source knows what follows it. */
  :: d_step { !open && oldest <= index && index <= source -> opens(index) }
  /* What the leader has stored by now is dropped; it may still come. */
  :: d_step { open && last < source ->
       last++;
       if
       :: index > first -> first = index
       :: else -> skip
       fi;
       if
       :: last < first -> last = first
       :: else -> skip
       fi }
  :: d_step { open && breaks < BREAKS -> breaksWatch() }
  :: d_step { leader == 0 ->
       leader = _pid; before = restored;
#ifdef WARM_WHILE_OPEN
       warm = open
#else
       warm = open && first <= index
#endif
     } -> break
  od;

leads:
  skip;                  /* no jump may lead into a d_step */
  /* Loads the checkpoint, and goes on with the buffer if that covers it. */
  d_step {
    known = text;
    if
#ifdef TAKES_ANY_BUFFER
    :: open -> skip
#else
    :: open && first <= index -> first = index
#endif
    :: else ->
       assert(oldest <= index && index <= source || !warm || restored != before);
       closes();
       if
       :: oldest <= index && index <= source -> opens(index)
       :: else -> skip      /* a resync, which is not of this model */
       fi
    fi;
    if
    :: last < first -> last = first
    :: else -> skip
    fi
  }
  do
  :: !open -> break
  :: leader != _pid -> break
  :: d_step { open && last < source -> last++ }
  :: open && last > first ->
     atomic {
       if
       :: state[0] == FREE -> slot = 0
       :: else -> state[1] == FREE; slot = 1
       fi;
       compares[slot] = known; from[slot] = first; to[slot] = last; by[slot] = me;
       holed[slot] = hole; state[slot] = SENT
     }
     if
     :: d_step { state[slot] == DONE -> first = to[slot]; known++; free(slot) }
     :: atomic { state[slot] == REFUSED -> free(slot);
          if
          :: writer == me -> known = text; first = index
#ifdef GOES_ON_WHEN_REFUSED
          :: else -> known = text
#else
          :: else -> break
#endif
          fi }
     :: d_step { state[slot] == SENT && losses < LOSSES -> losses++; state[slot] = ORPHAN }
     fi
  od;
  skip;
  d_step { closes(); warm = false; before = false; known = 0; slot = 0 }
}

init {
  atomic {
    /* The Sink is process 0, the Source 1, this one 2. */
    leader = 3;
    run Member(true);
    run Member(false)
  }
}
