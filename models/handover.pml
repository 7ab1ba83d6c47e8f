/*
 * The watch of etcd v2 and the proof that it delivered everything (WatchFollower, FeedProof, HistoryLook).
 *
 * The server keeps the last HISTORY events, whoever made them. It gives a watch a channel of CHANNEL
 * events and drops the watch without a word when the channel is full; what the channel holds still
 * arrives, and the connection stays open. The client asks history from the confirmed index on. The
 * answer has headers with the server's index, then a match if there is one, then the end of the
 * answer once the client has half-closed the connection. One connection keeps its order; across two
 * connections nothing is ordered, and every answer may take any time.
 *
 * Asserted whenever an index is confirmed: every event of ours through that index was delivered, or
 * the client has found a gap.
 *
 * Faults to switch on, each gives a counterexample:
 *   -DSILENCE            headers without a match confirm the index, without the end of the answer
 *   -DTRUSTS_OVERFLOW    a watch that may have overflowed is believed when it is half-closed
 *   -DCOUNTS_FROM_PROOF  lines are counted from the proof and not from its question
 */

#define N 6
#define HISTORY 2
#define CHANNEL 2

#define THROUGH(i) ((1 << (i)) - 1)
#define BIT(i) (1 << ((i) - 1))

/* Server */
byte head = 0;
byte ours = 0;                          /* a bit for each event under the watched prefix */
bool watched = true;                    /* the feeding watch is not dropped */
chan channel = [CHANNEL] of { byte };   /* of the feeding watch */
chan wire = [CHANNEL] of { byte };      /* written, and not read by the client yet */

/* The question to history */
byte from = 0;                          /* 0: none is asked */
byte header = 0;                        /* the server's index; the answer has begun if answeredNow */
bool answeredNow = false;
bool cleared = false;
byte match = 0;
bool halfClosed = false;
bool ended = false;                     /* the end of the answer is written behind what came before */

/* Client */
byte confirmed = 0;
byte delivered = 0;                     /* a bit for each event */
bool gap = false;
byte lines = 0;
byte linesWhenAsked = 0;
byte linesWhenWhole = 0;
bool headerSeen = false;

/* The take-over after history was cleared */
byte takeover = 0;                      /* the index of the new watch; 0: none */
byte linesAtHalfClose = 0;

inline confirm(at) {
  if
  :: at > confirmed ->
     confirmed = at;
     assert(gap || (ours & THROUGH(confirmed) & ~delivered) == 0)
  :: else -> skip
  fi
}

inline forget() {
  from = 0; header = 0; answeredNow = false; cleared = false; match = 0; halfClosed = false;
  ended = false; headerSeen = false; linesWhenAsked = 0
}

active proctype Writers() {
  do
  :: atomic { head < N && !gap -> head++ }                       /* a foreign event */
  :: atomic { head < N && !gap ->                                /* one of ours */
       head++; ours = ours | BIT(head);
       if
       :: watched && len(channel) < CHANNEL -> channel ! head
       :: watched && len(channel) == CHANNEL -> watched = false
       :: else -> skip
       fi;
       if
       :: answeredNow && !cleared && match == 0 && !ended -> match = head   /* the question waits for it */
       :: else -> skip
       fi }
  od
}

active proctype Server() {
  byte event, i;
  do
  :: atomic { len(channel) > 0 && len(wire) < CHANNEL -> channel ? event; wire ! event; event = 0 }
  :: atomic { from > 0 && !answeredNow ->
       answeredNow = true; header = head;
       if
       :: from + HISTORY <= head -> cleared = true
       :: else ->
          i = from;
          do
          :: i > head || match > 0 -> break
          :: else ->
             if
             :: ours & BIT(i) -> match = i
             :: else -> skip
             fi;
             i++
          od;
          i = 0
       fi }
  :: atomic { answeredNow && halfClosed && !ended -> ended = true }
  od
}

active proctype Client() {
  byte event;
  do
  :: gap -> break
  /* A line of the feeding watch. */
  :: atomic { !gap && wire ? [event] ->
       wire ? event; lines++;
       delivered = delivered | BIT(event);
       if
       :: event <= confirmed -> gap = true                      /* the index was wrong */
       :: else -> confirm(event)
       fi;
       event = 0 }
  :: atomic { !gap && from == 0 && takeover == 0 && confirmed < N ->
       from = confirmed + 1; linesWhenAsked = lines }
  :: atomic { !gap && answeredNow && cleared && takeover == 0 ->
       /* A new watch begins at the server's present index. */
       forget();
#ifdef TRUSTS_OVERFLOW
       takeover = head; linesAtHalfClose = lines
#else
       if
       :: lines - linesWhenWhole >= CHANNEL -> gap = true
       :: else -> takeover = head; linesAtHalfClose = lines
       fi
#endif
     }
  /* The feeding watch ends in good order behind all that it wrote. */
  :: atomic { !gap && takeover > 0 && len(channel) == 0 && len(wire) == 0 ->
       if
       :: lines > linesAtHalfClose -> gap = true                /* its handler was at work */
       :: else ->
          confirm(takeover);
          if
          :: head == takeover ->
             /* The new watch feeds from here on, and is whole. */
             watched = true; linesWhenWhole = lines; takeover = 0; linesAtHalfClose = 0
          :: else -> gap = true                                 /* not modelled further */
          fi
       fi }
  :: atomic { !gap && answeredNow && !cleared && !headerSeen ->
       headerSeen = true; halfClosed = true }
#ifdef SILENCE
  :: atomic { !gap && headerSeen && from > 0 -> confirm(header); forget() }
#endif
  /* A match: the feeding watch delivers it too, or is given up. */
  :: atomic { !gap && headerSeen && match > 0 ->
       if
       :: delivered & BIT(match) -> forget()
       :: else -> gap = true                                    /* mended from history */
       fi }
  /* The end without a match. */
  :: atomic { !gap && headerSeen && ended && match == 0 ->
       confirm(header);
#ifdef COUNTS_FROM_PROOF
       linesWhenWhole = lines;
#else
       linesWhenWhole = linesWhenAsked;
#endif
       forget() }
  od
}
