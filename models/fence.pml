/*
 * The fence of the v3 sink (SinkFence): nothing that was sent before wins after what is sent later.
 *
 * Two mirrors write one data key. Each transaction compares the revision of the checkpoint. The
 * network executes a request at any later time, or never, and an answer may be lost. Each data
 * write has a number in the order of sending. The server asserts that it never executes a write
 * after a write with a higher number was reported as done.
 *
 * Faults to switch on, each gives a counterexample:
 *   -DNO_COMPARE           the server ignores the comparison
 *   -DNO_MOVE_AT_START     a mirror writes data before it has moved the fence
 *   -DNO_MOVE_WHEN_UNKNOWN a mirror writes on after a write of unknown outcome
 */

#define MIRRORS 2
#define SLOTS 3    /* requests that may be under way at once, all mirrors together */
#define WRITES 2   /* data writes in all */
#define MOVES 3    /* moves of the fence in all */
#define CRASHES 1

/* The states of a request. The sender of an ORPHAN no longer waits for the answer. */
#define FREE 0
#define SENT 1
#define DONE 2
#define REFUSED 3
#define ORPHAN 4

byte state[SLOTS];
byte compares[SLOTS];  /* the checkpoint's revision that it compares */
byte carries[SLOTS];   /* the number of its data write; 0 for a move of the fence */
byte by[SLOTS];        /* which life of which mirror has sent it */
byte result[SLOTS];    /* the checkpoint's revision behind it */

byte checkpoint = 1;   /* revision of the checkpoint's key */
byte writer = 0;       /* the life that wrote it; 0 for none */
byte revision = 1;
byte sent = 0;         /* data writes sent */
byte moves = 0;
byte newest = 0;       /* the highest data write that was reported as done */
byte lives = 0;
byte crashes = 0;

/* Executes requests late, in any order, or drops them. */
inline free(slot) {
  state[slot] = FREE; compares[slot] = 0; carries[slot] = 0; by[slot] = 0; result[slot] = 0
}

inline execute(slot) {
  d_step {
    equal = (compares[slot] == checkpoint);
#ifdef NO_COMPARE
    equal = true;
#endif
    if
    :: equal && carries[slot] > 0 -> assert(carries[slot] >= newest)
    :: equal && carries[slot] == 0 ->
       revision++; checkpoint = revision; writer = by[slot]; result[slot] = revision
    :: !equal -> skip
    fi;
    if
    :: state[slot] == ORPHAN -> free(slot)
    :: state[slot] == SENT && equal -> state[slot] = DONE
    :: else -> state[slot] = REFUSED
    fi;
    equal = false
  }
}

/* Executes requests late, in any order, or never. */
active proctype Network() {
  bool equal;
  do
  :: atomic { state[0] == SENT || state[0] == ORPHAN -> execute(0) }
  :: atomic { state[1] == SENT || state[1] == ORPHAN -> execute(1) }
  :: atomic { state[2] == SENT || state[2] == ORPHAN -> execute(2) }
  od
}

inline send(number) {
  atomic {
    if
    :: state[0] == FREE -> slot = 0
    :: else ->
       if
       :: state[1] == FREE -> slot = 1
       :: else -> state[2] == FREE; slot = 2
       fi
    fi;
    compares[slot] = known; carries[slot] = number; by[slot] = me; state[slot] = SENT
  }
}

active [MIRRORS] proctype Mirror() {
  byte known, slot, me;
  bool mine, unknown, ended;

start:
  atomic {
    lives++; me = lives;
    known = checkpoint;           /* loads the checkpoint */
    mine = false; unknown = false; ended = false
#ifdef NO_MOVE_AT_START
    ; mine = true
#endif
  }
  do
  :: ended -> break
  :: !ended && crashes < CRASHES -> crashes++; goto start
  :: !ended && (!mine || unknown) && moves < MOVES ->
     /* moves the fence */
     moves++;
     send(0);
     if
     :: atomic { state[slot] == DONE ->
          known = result[slot]; mine = true; unknown = false; free(slot) }
     :: atomic { state[slot] == REFUSED -> free(slot);
          if
          :: writer == me -> known = checkpoint; mine = true; unknown = false
          :: else -> ended = true   /* another mirror: FencedException */
          fi }
     :: atomic { state[slot] == SENT -> state[slot] = ORPHAN } /* the answer is lost */
     fi
  :: !ended && mine && !unknown && sent < WRITES ->
     /* writes data */
     atomic { sent++; slot = 0 };
     send(sent);
     if
     :: atomic { state[slot] == DONE ->
          if
          :: carries[slot] > newest -> newest = carries[slot]
          :: else -> skip
          fi;
          free(slot) }
     :: atomic { state[slot] == REFUSED -> free(slot);
          if
          :: writer == me -> known = checkpoint
          :: else -> ended = true
          fi }
     :: atomic { state[slot] == SENT -> state[slot] = ORPHAN;
#ifndef NO_MOVE_WHEN_UNKNOWN
          unknown = true
#endif
        }
     fi
  :: !ended && (moves >= MOVES || sent >= WRITES) -> break
  od
}
