/* The op gate, one completion queue and everyone who touches them: explored in every order by run_model.sh.
 *
 * What is modelled, and where the real thing is:
 *   gate      server/frontend/op_gate.h: one word, CLOSED | permits held
 *   queue     gRPC: `pending` starts at one (the token that Shutdown gives back); an operation may only be started while
 *             it is above zero, or the process aborts; an operation completes first and is delivered later
 *   mailbox   server/base/mailbox.h: posts under a mutex, woken on empty -> non-empty by one Alarm, taken in batches
 *   request   a posted RequestCall: it takes two permits, its own and that of the DONE it may lead to
 *
 * Every BROKEN_* below undoes one rule of that code. With none of them the model has no error; with any it must have
 * one, which tests the model: a rule that could be left out without being noticed would not be checked at all. */

#define CLOSED 128
#define BATCH 1 /* messages that one wake-up takes; one, so that two messages already need a second wake-up */

/* The gate. */
byte word = 0;

/* The queue. */
byte pending = 1;
byte running_op = 0, running_alarm = 0, running_request = 0, running_done = 0;
byte ready_op = 0, ready_alarm = 0, ready_request = 0, ready_refused_request = 0, ready_done = 0;
byte shutdowns = 0, started = 0, delivered = 0;

/* The mailbox. */
bool locked = false, woken = false, alarm_pending = false;
byte posted = 0, taken = 0, posters_left = 2 /* as many as init runs */;

/* Whether the stop keeps the documented order (posters joined, mailbox at rest, then close) or comes at any moment. */
bool orderly = false;

/* ---- gate ---- */

inline TryAcquire(got) {
#if defined(BROKEN_SPLIT_PERMIT)
  got = (word & CLOSED) == 0; /* test ... */
  if
  :: got -> word++ /* ... and increment: the gate may close in between */
  :: else -> skip
  fi
#elif defined(BROKEN_FLAG_CHECK)
  got = (word & CLOSED) == 0 /* looks at the flag and counts nothing */
#else
  atomic {
    got = (word & CLOSED) == 0;
    if
    :: got -> word++
    :: else -> skip
    fi
  }
#endif
}

/* Only what the library does: it aborts when `pending` is zero. That it is not even *called* after the shutdown is our
 * own, stronger rule. */
inline Shutdown() {
  atomic {
    shutdowns++;
    assert(shutdowns == 1);
    pending--
  }
}

inline Release() {
#if defined(BROKEN_FLAG_CHECK)
  skip
#else
  atomic {
    assert((word & ~CLOSED) != 0);
    word--;
    last = word == CLOSED
  };
  if
  :: last -> Shutdown()
  :: else -> skip
  fi
#endif
}

inline Close() {
#if defined(BROKEN_FLAG_CHECK)
  atomic {
    last = (word & CLOSED) == 0;
    word = word | CLOSED
  };
#elif defined(BROKEN_CLOSE_TWICE)
  atomic {
    last = (word & ~CLOSED) == 0; /* "nobody holds a permit": also true for the second caller */
    word = word | CLOSED
  };
#else
  atomic {
    last = word == 0;
    word = word | CLOSED
  };
#endif
  if
  :: last -> Shutdown()
  :: else -> skip
  fi
}

/* ---- starting operations ---- */

/* With a permit in hand. The permit and the start are two steps: others run in between. */
inline Begin(kind) {
  atomic {
#if !defined(BROKEN_FLAG_CHECK)
    assert(shutdowns == 0);
#endif
    assert(pending > 0);
    pending++;
    started++;
    kind++
  }
}

inline StartOp() {
  TryAcquire(got);
  if
  :: got -> Begin(running_op)
  :: else -> skip
  fi
}

/* Under the mailbox's mutex. gRPC aborts when an Alarm is set whose tag was not delivered yet. */
inline Wake() {
  TryAcquire(got);
  if
  :: got ->
     atomic {
       assert(!alarm_pending);
       alarm_pending = true;
       Begin(running_alarm)
     }
  :: else -> skip
  fi
}

/* ---- the threads ---- */

/* A foreign thread that starts operations of its own. */
proctype Starter() {
  bool got;
  StartOp();
  StartOp()
}

/* An I/O thread: posts one message, and is joined afterwards. What the mutex guards is one step for all others. */
proctype Poster() {
  bool got, wake;
  atomic {
    !locked -> locked = true;
    posted++;
#if defined(BROKEN_WAKE_EVERY_POST)
    wake = true;
#else
    wake = !woken;
#endif
    woken = true
  };
  if
  :: wake -> Wake()
  :: else -> skip
  fi;
  atomic {
    locked = false;
    posters_left--
  }
}

/* gRPC's own threads: an operation completes, at any time and in any order. */
proctype Core() {
  do
  :: atomic { running_op > 0 -> running_op--; pending--; ready_op++ }
  :: atomic { running_alarm > 0 -> running_alarm--; pending--; ready_alarm++ }
  :: atomic { running_done > 0 -> running_done--; pending--; ready_done++ }
     /* A client's call: DONE is now outstanding. The library holds the queue open from one to the other. */
  :: atomic { running_request > 0 -> running_request--; running_done++; started++; ready_request++ }
     /* The server was shut down: there is no call, and DONE will never come. */
  :: atomic { running_request > 0 -> running_request--; pending--; ready_refused_request++ }
  :: pending == 0 -> break
  od
}

/* Two threads that stop the queue: a signal and the end of main, say. */
proctype Closer() {
  bool last;
  if
  :: orderly ->
#if defined(BROKEN_CLOSE_BEFORE_TAKEN)
     posters_left == 0
#else
     posters_left == 0 && !woken
#endif
  :: else -> skip
  fi;
  Close()
}

/* The handler of a tag. Its queue is open for as long as it runs: that is what its operation's permit is for. */
inline HandlerBegins() {
#if defined(BROKEN_EARLY_RELEASE)
  Release()
#else
  skip
#endif
}
inline HandlerEnds() {
#if !defined(BROKEN_FLAG_CHECK)
  assert(shutdowns == 0);
#endif
#if !defined(BROKEN_EARLY_RELEASE)
  Release()
#else
  skip
#endif
}

inline TakeMailbox() {
  atomic {
    alarm_pending = false; /* the tag is here: the Alarm may be set again */
    !locked -> locked = true;
    emptied = posted - taken <= BATCH;
    if
    :: emptied -> taken = posted
    :: else -> taken = taken + BATCH
    fi
  };
  if
  :: !emptied -> Wake() /* the rest comes with another wake-up, so that other tags get their turn */
  :: else -> skip
  fi;
#if defined(BROKEN_LATE_UNARM)
  locked = false; /* and a post may come in here, which wakes nobody */
  woken = woken && !emptied
#else
  atomic {
    woken = woken && !emptied;
    locked = false
  }
#endif
}

/* The queue's own thread. */
proctype Poller() {
  bool got, last, emptied;
  bool followed = false;
  do
  :: atomic { ready_op > 0 -> ready_op--; delivered++ };
     HandlerBegins();
     if /* a handler may start the next operation */
     :: !followed -> followed = true; StartOp()
     :: skip
     fi;
     HandlerEnds()
  :: atomic { ready_alarm > 0 -> ready_alarm--; delivered++ };
     HandlerBegins();
     TakeMailbox();
     HandlerEnds()
  :: atomic { ready_request > 0 -> ready_request--; delivered++ };
     HandlerBegins();
     HandlerEnds()
  :: atomic { ready_refused_request > 0 -> ready_refused_request--; delivered++ };
     HandlerBegins();
#if !defined(BROKEN_DONE_PERMIT_KEPT)
     Release(); /* that of the DONE which will not come */
#endif
     HandlerEnds()
  :: atomic { ready_done > 0 -> ready_done--; delivered++ };
     HandlerBegins();
     HandlerEnds()
  :: pending == 0 && ready_op + ready_alarm + ready_request + ready_refused_request + ready_done == 0 -> break
  od;
  /* Stopped. Nothing is outstanding, and an orderly stop left no message behind. */
  assert(shutdowns == 1);
  assert(started == delivered);
#if !defined(BROKEN_FLAG_CHECK)
  assert(word == CLOSED);
#endif
  assert(!orderly || taken == posted)
}

/* Before any thread runs: a request is posted with its two permits, and the manner of the stop is chosen. */
init {
  bool got;
  atomic {
    TryAcquire(got);
    TryAcquire(got);
    Begin(running_request);
    if
    :: orderly = true
    :: orderly = false
    fi;
    run Starter();
    run Poster();
    run Poster();
    run Core();
    run Closer();
    run Closer();
    run Poller()
  }
}
