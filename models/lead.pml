/*
 * The lead of a link with standbys on v3 (StandbyLives, WarmWatch, WarmSource, SinkFence).
 *
 * Two members of a link. The lease of the lead may end at any time, so both may believe that they
 * lead. A leader writes one event of the source after the other. Each of its transactions compares
 * the checkpoint's text, and stores a new text with the index. The first one stores a text alone. A
 * transaction that is refused ends the lead. A member that stands by follows the source behind the
 * index that it has read in the sink, and keeps what comes in a buffer, without what the leader has
 * stored since. If it leads, it goes on with the buffer, if that covers the index of the sink. Else
 * it opens the source at that index, and makes a resync if history is gone.
 *
 * A member may stand still at any step, and may crash or lose the lead; what it has sent by then is
 * executed at any later time, or never. The source may forget its history at any time. The sink may
 * be put back to a backup once. Lost answers are in fence.pml.
 *
 * Asserted: no event is written twice; the sink holds every event through the index in its
 * checkpoint; a member that says it is warm needs no history when it leads.
 *
 * Faults to switch on, each gives a counterexample:
 *   -DNO_COMPARE            a leader writes events without a look at the text
 *   -DGOES_ON_WHEN_REFUSED  a leader that is refused takes the other member's text, and goes on
 *   -DTAKES_ANY_BUFFER      a buffer is taken over that does not cover the index of the sink
 *   -DKEEPS_BUFFER          a buffer is kept when its stream fails, and another stream fills it
 *   -DWARM_WHILE_OPEN       a member says that it is warm because its stream is open
 */

#define MEMBERS 2
#define N 2          /* events of the source */

#define THROUGH(i) ((1 << (i)) - 1)
#define BIT(i) (1 << ((i) - 1))
#define LEADS 2      /* times that a member begins to lead, both together */
#define UNKNOWN 9    /* in place of an index */

/* The source */
byte head = 0;
byte oldest = 1;

/* The sink: a bit for each event, and the index in the checkpoint */
byte sink = 0;
byte index = 0;

/* The backup of the sink */
bool saved = false;
bool putBack = false;
bool unchanged = false;   /* the text in the sink is that of the backup */
byte savedSink = 0;
byte savedIndex = 0;

/* Texts are all different. What matters of one is whether it is in the sink, or in the backup. */
#define NOW 1
#define SAVED 2
#define textInSink (NOW + (unchanged -> SAVED : 0))

byte begun = 0;           /* leads */
byte knows[MEMBERS];      /* the text that a leader compares */

/* What a transaction writes besides its text: an event by its number, or this. */
#define MOVE 0
#define RESYNC 15

/* A transaction whose sender no longer waits for the answer */
bool late = false;
byte lateText = 0;        /* that it compares */
byte lateWrites = 0;
byte lateIndex = 0;

/* The text is a new one, which nobody knows. */
inline write(what, itsIndex) {
  if
  :: what == MOVE -> skip
  :: what == RESYNC -> sink = sink | THROUGH(itsIndex)
  :: else ->
     assert((sink & BIT(what)) == 0);
     sink = sink | BIT(what)
  fi;
  index = itsIndex;
  assert((sink & THROUGH(index)) == THROUGH(index));
  unchanged = false;
  knows[0] = knows[0] & SAVED; knows[1] = knows[1] & SAVED; lateText = lateText & SAVED
}

#ifdef NO_COMPARE
#define passes(itsText, what) ((itsText & NOW) || what != MOVE)
#else
#define passes(itsText, what) (itsText & NOW)
#endif

inline forgetLate() {
  late = false; lateText = 0; lateWrites = 0; lateIndex = 0
}

active proctype Network() {
  do
  :: atomic { late ->
       if
       :: passes(lateText, lateWrites) -> write(lateWrites, lateIndex)
       :: else -> skip
       fi;
       forgetLate() }
  :: atomic { late -> forgetLate() }
  od
}

#define withSaved(t) ((t & NOW) -> NOW + SAVED : 0)
#define withNow(t) ((t & SAVED) -> NOW : 0)

active proctype World() {
  do
  :: atomic { head < N -> head++ }
  :: atomic { oldest <= head -> oldest = head + 1 }
  :: atomic { !saved && !putBack ->
       saved = true; unchanged = true; savedSink = sink; savedIndex = index;
       knows[0] = withSaved(knows[0]); knows[1] = withSaved(knows[1]);
       lateText = withSaved(lateText) }
  :: atomic { saved ->
       sink = savedSink; index = savedIndex;
       knows[0] = withNow(knows[0]); knows[1] = withNow(knows[1]); lateText = withNow(lateText);
       saved = false; putBack = true; unchanged = false; savedSink = 0; savedIndex = 0 }
  od
}

#define me (_pid - 2)
#define covers(at) (from <= at)
#define later (buffer & ~THROUGH(applied))

/* The stream is closed, and what it brought is forgotten. */
inline drop() {
  open = false; from = 0; position = 0; buffer = 0; kept = false
}

/* The stream has failed, or cannot go on. */
inline fail() {
#ifdef KEEPS_BUFFER
  open = false; kept = true
#else
  drop()
#endif
}

inline openAt(at) {
  open = true; position = at;
  if
  :: kept -> kept = false
  :: else -> from = at
  fi
}

/* The lead has ended. */
inline standBy() {
  leads = false; mine = false; resync = false; knows[me] = 0; applied = 0;
  drop()
}

/* A transaction with its answer, or one whose answer nobody waits for. */
inline transact(what, itsIndex) {
  if
  :: true ->
     if
     :: passes(knows[me], what) ->
        write(what, itsIndex);
        knows[me] = NOW; applied = itsIndex; mine = true; resync = false;
        buffer = buffer & ~THROUGH(applied)
     :: else ->
#ifdef GOES_ON_WHEN_REFUSED
        knows[me] = textInSink; mine = true
#else
        standBy()
#endif
     fi
  :: !late ->
     late = true; lateText = knows[me]; lateWrites = what; lateIndex = itsIndex;
     standBy()
  fi
}

active [MEMBERS] proctype Member() {
  bool leads, open, mine, resync, warm;
  bool kept;             /* the buffer is, and its stream has failed */
  byte stored = UNKNOWN; /* the index that it has read while it stands by */
  byte from;             /* every event after it is in the buffer, or comes later */
  byte position;         /* the stream's */
  byte buffer;           /* a bit for each event */
  byte applied, next;

  do
  /* It stands by, and looks at the leader's index. */
  :: atomic { !leads && stored != index ->
       stored = index;
       if
       :: open ->
          buffer = buffer & ~THROUGH(stored);
          if
          :: position <= stored && from < position -> from = position
          :: position > stored && from < stored -> from = stored
          :: else -> skip
          fi
       :: else -> skip
       fi }
  /* The index went back behind the buffer. */
  :: atomic { !leads && open && !covers(stored) -> drop() }
  :: atomic { !leads && !open && stored != UNKNOWN && stored + 1 >= oldest -> openAt(stored) }
  :: atomic { !leads && open && covers(stored) && position < head ->
       if
       :: position + 1 >= oldest ->
          position++;
          buffer = buffer | (BIT(position) & ~THROUGH(stored));
          if
          :: position <= stored && from < position -> from = position
          :: else -> skip
          fi
       :: else -> fail()
       fi }
  :: atomic { !leads && open -> fail() }
  /* It begins to lead. */
  :: atomic { !leads && begun < LEADS ->
       begun++;
       leads = true; knows[me] = textInSink; applied = index;
#ifdef WARM_WHILE_OPEN
       warm = open;
#else
       warm = open && covers(stored);
#endif
       if
#ifdef TAKES_ANY_BUFFER
       :: open ->
#else
       :: open && covers(applied) ->
#endif
          buffer = buffer & ~THROUGH(applied)
       :: else ->
          drop();
          if
          :: applied + 1 >= oldest -> open = true; position = applied
          :: else -> resync = true; assert(!warm || applied < stored)
          fi
       fi;
       from = 0; stored = UNKNOWN; warm = false; kept = false }
  /* It leads. Its first transaction stores a text alone. */
  :: atomic { leads && !mine -> transact(MOVE, applied) }
  :: atomic { leads && mine && resync ->
       open = true; position = head; buffer = 0; transact(RESYNC, head) }
  :: atomic { leads && mine && !resync && later == 0 && position < head ->
       if
       :: position + 1 >= oldest ->
          position++;
          buffer = buffer | (BIT(position) & ~THROUGH(applied))
       :: else -> resync = true
       fi }
  :: atomic { leads && mine && !resync && later != 0 ->
       next = 1;
       do
       :: later & BIT(next) -> break
       :: else -> next++
       od;
       transact(next, next);
       next = 0 }
  /* It learns that another member leads, or crashes. */
  :: atomic { leads -> standBy() }
  od
}
