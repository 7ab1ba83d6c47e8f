/*
 * The checkpoint and "the sink may not be level" (Doubts, CheckpointKeeper, Reader, Applier).
 *
 * The source has N events, each on a key of its own; its history may be cleared. The sink may lose
 * a key; the applier may notice that. The reader hands events and recoveries to the applier through
 * a queue. The mirror may crash at every step and then knows the checkpoint alone.
 *
 * Asserted at each save: a checkpoint without the note "must-compare" is at an index through which
 * the sink holds every event, as far as the mirror can know.
 *
 * Faults to switch on, each gives a counterexample:
 *   -DSAVES_FIRST       the index is stored before the event is applied
 *   -DPASSES_A_GAP      the reader follows on behind a gap without a doubt
 *   -DDOUBT_IN_MEMORY   the note is not stored when the applier notices a loss
 *   -DCLEARS_AT_START   a resync stores its index and clears the note before it has written
 *   -DANSWERS_ALL       a resync ends doubts that were found after it was handed over
 */

#define N 3
#define CRASHES 2
#define LOSSES 2
#define CLEARINGS 2

#define THROUGH(i) ((1 << (i)) - 1)
#define BIT(i) (1 << ((i) - 1))

/* Source */
byte head = 0;
byte oldest = 1;

/* Sink and checkpoint: they outlive a crash. */
byte sink = 0;
byte index = 0;
bool mustCompare = true;    /* the first copy has not finished */

/* The sink lost something that the mirror has not noticed; for the assertion alone. */
bool unnoticed = false;

/* The mirror's memory */
byte position;              /* the reader's */
byte newestDoubt;           /* doubts are numbered; open are those above endedThrough */
byte endedThrough;
byte answered;              /* the reader handed over a recovery for doubts up to this one */
chan queue = [2] of { byte, byte };
#define EVENT 1
#define RESYNC 2

byte stage;                 /* of the resync at work: 0 none, 1 note stored, 2 written */
byte answers;               /* the newest doubt that it ends */
byte readAt;
byte applied;               /* an event that is applied and not stored yet */

byte crashes = 0;
byte losses = 0;
byte clearings = 0;

#define doubtIsOpen (newestDoubt > endedThrough)

inline save(at, note) {
  index = at;
  mustCompare = note;
  assert(mustCompare || unnoticed || (sink & THROUGH(index)) == THROUGH(index))
}

inline start() {
  d_step {
    position = index; answered = 0; endedThrough = 0; stage = 0; answers = 0; readAt = 0; applied = 0;
    do
    :: len(queue) > 0 -> queue ? kind, value
    :: len(queue) == 0 -> break
    od;
    newestDoubt = mustCompare;
    kind = 0; value = 0
  }
}

active proctype Source() {
  do
  :: atomic { head < N -> head++ }
  :: atomic { oldest <= head && clearings < CLEARINGS -> oldest = head + 1; clearings++ }
  :: atomic { losses < LOSSES && sink != 0 ->
       losses++;
       if
       :: (sink & 1) -> sink = sink & ~1
       :: (sink & 2) -> sink = sink & ~2
       :: (sink & 4) -> sink = sink & ~4
       fi;
       unnoticed = true }
  od
}

active proctype Mirror() {
  byte kind, value;
  start();
  do
  /* Reader: opens the stream at "now" and hands the recovery over. */
  :: atomic { newestDoubt > answered && nfull(queue) ->
       answered = newestDoubt; position = head; queue ! RESYNC, newestDoubt }
  /* Reader: an event that history still has. */
  :: atomic { newestDoubt == answered && position < head && position + 1 >= oldest && nfull(queue) ->
       position++; queue ! EVENT, position }
  /* Reader: a gap. */
  :: atomic { newestDoubt == answered && position < head && position + 1 < oldest ->
#ifdef PASSES_A_GAP
       position = oldest - 1
#else
       newestDoubt++
#endif
     }
  /* Applier: an event, in two steps. */
  :: atomic { stage == 0 && applied == 0 && queue ? [EVENT, value] ->
       queue ? kind, value;
       if
       :: value <= index -> skip          /* the snapshot had it */
       :: else ->
          applied = value;
#ifdef SAVES_FIRST
          save(value, doubtIsOpen)
#else
          sink = sink | BIT(value)
#endif
       fi }
  :: atomic { applied > 0 ->
#ifdef SAVES_FIRST
       sink = sink | BIT(applied);
#else
       save(applied, doubtIsOpen);
#endif
       applied = 0 }
  /* Applier: a resync, in three steps. */
  :: atomic { stage == 0 && applied == 0 && queue ? [RESYNC, value] ->
       queue ? kind, answers;
       readAt = head;
       stage = 1;
#ifdef CLEARS_AT_START
       endedThrough = answers;
       if
       :: readAt < index -> readAt = index
       :: else -> skip
       fi;
       save(readAt, doubtIsOpen)
#else
       save(index, true)
#endif
     }
  :: atomic { stage == 1 -> sink = sink | THROUGH(readAt); unnoticed = false; stage = 2 }
  :: atomic { stage == 2 ->
#ifdef ANSWERS_ALL
       endedThrough = newestDoubt; answered = newestDoubt;
#else
       if
       :: answers > endedThrough -> endedThrough = answers
       :: else -> skip
       fi;
#endif
       if
       :: readAt < index -> readAt = index
       :: else -> skip
       fi;
       save(readAt, doubtIsOpen);
       stage = 0 }
  /* Applier: it notices that the sink lost something, and stores that at once. */
  :: atomic { unnoticed && newestDoubt < 6 ->
       newestDoubt++; unnoticed = false;
#ifndef DOUBT_IN_MEMORY
       save(index, true)
#endif
     }
  :: atomic { crashes < CRASHES -> crashes++; start() }
  od
}
