/*
 * The lead of a link with standbys on v2 (V2Candidate, V2Term, LateWriteCheck).
 *
 * Two members of a link write one data key, without a fence. The lead is a key with a time to live,
 * which its owner prolongs. Before a request, a leader checks by its own clock that its term
 * outlasts the longest time that the request may take. A request is executed at most LATE after it
 * was sent, or never. A leader compares both sides after it has begun to lead, and again when
 * nothing that was sent before can come any more. A member that was deposed tells so before it asks
 * for the lead again, and the leader then compares as at a takeover.
 *
 * A member may stand still between the check and the request, for any time. One that has stood still
 * does not crash before it has asked who leads: nobody would tell of its late request.
 *
 * Asserted: if nothing is under way and no comparison is due, the sink has the newest value.
 *
 * Faults to switch on, each gives a counterexample:
 *   -DNO_TERM_CHECK     a leader sends without a look at its clock
 *   -DCOMPARES_ONCE     both sides are compared at the takeover alone
 *   -DNO_NOTICE         a member that was deposed does not tell
 */

#define MEMBERS 2
#define N 2          /* values that the source gets, one after the other */
#define NOBODY 9     /* in place of a member */

/* In ticks */
#define TERM 2
#define LONGEST 1
#define LATE 2

byte head = 0;       /* the newest value of the source */
byte sink = 0;
byte index = 0;      /* that the leader has stored */

byte key = NOBODY;   /* the member that leads */
byte keyLasts = 0;
bool notice = false; /* a member was deposed, and the leader has not seen that yet */

/* A request whose sender does not wait for the answer */
bool late = false;
byte lateValue = 0;
byte lateLasts = 0;

bool leads[MEMBERS];
bool decided[MEMBERS];   /* between the check and the request */
bool still[MEMBERS];
bool stood[MEMBERS];     /* still, and has not asked since */
bool deposed[MEMBERS];   /* and has not told yet */
bool wanted[MEMBERS];    /* a comparison */
byte last[MEMBERS];      /* the last comparison is at the end of this time */
byte term[MEMBERS];      /* the rest of it, by the member's own clock */
byte applied[MEMBERS];

bool crashed = false;

#define isQuiet(a, b) (leads[a] && key == a && !decided[a] && !wanted[a] && applied[a] == head && \
    !leads[b] && !deposed[b] && !late && !notice)

inline forgetLate() {
  late = false; lateValue = 0; lateLasts = 0
}

inline passes(time) {
  if
  :: time > 0 -> time--
  :: else -> skip
  fi
}

active proctype World() {
  do
  :: atomic { head < N -> head++ }
  :: atomic { late -> sink = lateValue; forgetLate() }
  /* Time passes. A member that does not stand still sends at once what it has decided to send. */
  :: atomic { (!decided[0] || still[0]) && (!decided[1] || still[1]) ->
       passes(keyLasts);
       if
       :: keyLasts == 0 -> key = NOBODY
       :: else -> skip
       fi;
       if
       :: late && lateLasts == 0 -> forgetLate()
       :: else -> passes(lateLasts)
       fi;
       passes(last[0]); passes(last[1]); passes(term[0]); passes(term[1]) }
  :: atomic { isQuiet(0, 1) -> assert(sink == head) }
  :: atomic { isQuiet(1, 0) -> assert(sink == head) }
  od
}

#define me (_pid - 1)

#ifdef NO_TERM_CHECK
#define hasTime true
#else
#define hasTime (term[me] >= LONGEST)
#endif

/* It compares now, and again when nothing that was sent before can come any more. */
inline again() {
  wanted[me] = true;
#ifdef COMPARES_ONCE
  last[me] = 0
#else
  last[me] = LATE + 1
#endif
}

inline standBy() {
  leads[me] = false; decided[me] = false; wanted[me] = false;
  last[me] = 0; term[me] = 0; applied[me] = 0
}

active [MEMBERS] proctype Member() {
  do
  /* It tells, and asks for the lead. */
  :: atomic { !leads[me] && deposed[me] ->
#ifndef NO_NOTICE
       notice = true;
#endif
       deposed[me] = false; stood[me] = false }
  :: atomic { !leads[me] && !deposed[me] && key == NOBODY ->
       key = me; keyLasts = TERM; term[me] = TERM;
       leads[me] = true; applied[me] = index;
       again() }
  /* It prolongs the lead, or learns that it is deposed. */
  :: atomic { leads[me] && !decided[me] && key == me && (term[me] < TERM || stood[me] || notice) ->
       keyLasts = TERM; term[me] = TERM; stood[me] = false;
       if
       :: notice -> notice = false; again()
       :: else -> skip
       fi }
  :: atomic { leads[me] && !decided[me] && key != me -> standBy(); deposed[me] = true }
  /* It checks its term, and decides to write what it knows to be next, or what differs. */
  :: atomic { leads[me] && !decided[me] && applied[me] < head && hasTime -> decided[me] = true }
  :: atomic { leads[me] && !decided[me] && wanted[me] && applied[me] == head && hasTime ->
       wanted[me] = last[me] > 0;
       if
       :: sink != head -> applied[me] = head - 1; decided[me] = true
       :: else -> skip
       fi }
  :: atomic { decided[me] && !still[me] && !stood[0] && !stood[1] -> still[me] = true; stood[me] = true }
  :: atomic { still[me] -> still[me] = false }
  /* It sends, and has an answer. */
  :: atomic { decided[me] && !still[me] ->
       decided[me] = false; applied[me]++;
       sink = applied[me]; index = applied[me] }
  /* It sends, and the lead ends without an answer. */
  :: atomic { decided[me] && !still[me] && !late ->
       late = true; lateValue = applied[me] + 1; lateLasts = LATE;
       standBy(); deposed[me] = true }
  /* It crashes, perhaps with a request under way. */
  :: atomic { !still[me] && !stood[me] && !crashed ->
       crashed = true;
       if
       :: decided[me] && !late -> late = true; lateValue = applied[me] + 1; lateLasts = LATE
       :: true -> skip
       fi;
       standBy(); deposed[me] = false }
  od
}
