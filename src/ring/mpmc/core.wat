;; The steps of `turn.ts` that hot paths spend their time in, over the same words. An atomic access is an instruction here, and a call of
;; 8 to 30 ns in JavaScript. Each end of a ring has an instance of its own; it keeps nothing between two calls.
;;
;; Whatever is out of the ordinary stays where it is, in TypeScript: these functions then stop and say at which sequence.
;; `mpmc-writer.ts`, `mpmc-reader.ts` have the same steps, but that the writer there claims before it looks; the numbers are those of the order argument in
;; `mpmc-ring.ts`.
;; All atomic instructions of WebAssembly are sequentially consistent, as those of JavaScript.
;;
;; `core-bytes.ts` is this file, assembled: `npx vitest run test/ring/mpmc/core.test.ts -u` writes it.
(module
  (import "ring" "memory" (memory 1 65536 shared))
  ;; Byte offsets: of the turn words, the run words, the desks, this end's own span word on its desk, and its hint.
  (import "ring" "turns" (global $turns i32))
  (import "ring" "runs" (global $runs i32))
  (import "ring" "desks" (global $desks i32))
  (import "ring" "ownSpan" (global $ownSpan i32))
  (import "ring" "hint" (global $hint i32))
  (import "ring" "mask" (global $mask i32))
  (import "ring" "lapShift" (global $lapShift i32))
  (import "ring" "lapMask" (global $lapMask i32))
  ;; The bits in which lap fields that are equal, or a lap apart, do not differ.
  (import "ring" "otherThanOneLap" (global $otherThanOneLap i32))
  (import "ring" "capacity" (global $capacity i32))
  ;; The seat, where turn words have it.
  (import "ring" "owner" (global $owner i32))
  ;; Bytes: where the payload begins, how large a slot is, and where this end's desk has room for a message.
  (import "ring" "payload" (global $payload i32))
  (import "ring" "slotBytes" (global $slotBytes i32))
  (import "ring" "scratch" (global $scratch i32))
  ;; 1 where a record holds one message a slot, and may be taken apart anywhere.
  (import "ring" "fixed" (global $fixed i32))

  ;; Bits of turn words.
  (global $PHASE i32 (i32.const 7))
  (global $CLAIMED i32 (i32.const 1))
  (global $PUBLISHED i32 (i32.const 2))
  (global $TAKEN i32 (i32.const 3))
  (global $RELEASED i32 (i32.const 4))
  (global $VOID i32 (i32.const 5))
  (global $RETURNED i32 (i32.const 6))
  (global $MANY i32 (i32.const 8))
  (global $SLEEPER i32 (i32.const 16))
  (global $CLOSED i32 (i32.const 32))
  (global $OWNER i32 (i32.const 8128))
  (global $LAP i32 (i32.const -8192))

  ;; Where the word of a sequence lies.
  (func $wordOf (param $words i32) (param $at i32) (result i32)
    (i32.add (local.get $words) (i32.shl (i32.and (local.get $at) (global.get $mask)) (i32.const 2))))

  (func $lapOf (param $at i32) (result i32)
    (i32.and (i32.shl (local.get $at) (global.get $lapShift)) (global.get $lapMask)))

  ;; A span, or -1 for a number that is none (`corrupt-turns.ts`): these functions then stop, and the same step in TypeScript says so.
  (func $checkedSpan (param $span i32) (result i32)
    (select
      (local.get $span)
      (i32.const -1)
      (i32.lt_u (i32.sub (local.get $span) (i32.const 1)) (global.get $capacity))))

  ;; Slots of the record with this turn word; 0 when the word has changed meanwhile, -1 when it says what can not be.
  (func $spanOf (param $at i32) (param $word i32) (result i32)
    (local $phase i32) (local $span i32)
    (if (i32.eqz (i32.and (local.get $word) (global.get $MANY))) (then (return (i32.const 1))))
    (local.set $phase (i32.and (local.get $word) (global.get $PHASE)))
    (local.set $span
      (i32.atomic.load
        (if (result i32)
          (i32.or
            (i32.eq (local.get $phase) (global.get $TAKEN))
            (i32.or
              (i32.eq (local.get $phase) (global.get $CLAIMED))
              (i32.eq (local.get $phase) (global.get $VOID))))
          (then ;; On the owner's desk: 128 bytes a seat, first the span of its claim, then that of its take.
            (i32.add
              (i32.add (global.get $desks) (i32.shl (i32.and (local.get $word) (global.get $OWNER)) (i32.const 1)))
              (i32.shl (i32.eq (local.get $phase) (global.get $TAKEN)) (i32.const 2))))
          (else (call $wordOf (global.get $runs) (local.get $at))))))
    (if (result i32)
      (i32.eq (i32.atomic.load (call $wordOf (global.get $turns) (local.get $at))) (local.get $word))
      (then (call $checkedSpan (local.get $span)))
      (else (i32.const 0))))

  ;; Tells newcomers of a boundary. Callers do it every 32 records.
  (func $leaveHint (param $boundary i32)
    (local $cursor i32)
    (local.set $cursor (i32.atomic.load (global.get $hint)))
    (if (i32.gt_s (i32.sub (local.get $boundary) (local.get $cursor)) (i32.const 0))
      (then
        (drop
          (i32.atomic.rmw.cmpxchg (global.get $hint) (local.get $cursor) (local.get $boundary))))))

  ;; Writes the message on this end's desk, of one slot and so many words of 4 bytes: claims the first boundary that nobody
  ;; has claimed, which is at `from` or behind, copies, and publishes. The answer is how many slots lie between, times 4, and one of
  ;;   0  nothing was claimed: no room below `freeUntil`, a lap gone by, the end of the ring, or a word that can not be
  ;;   1  published
  ;;   2  published, and somebody sleeps until then
  ;;   3  readers have given the claim up: it is VOID, and this end's to release
  (func (export "offer") (param $from i32) (param $freeUntil i32) (param $count i32) (result i32)
    (local $at i32) (local $index i32) (local $lap i32) (local $word i32) (local $claim i32)
    (local $source i32) (local $target i32) (local $end i32) (local $outcome i32) (local $span i32)
    (local.set $at (local.get $from))
    (block $done
      (loop $look
        (br_if $done (i32.le_s (i32.sub (local.get $freeUntil) (local.get $at)) (i32.const 0)))
        (local.set $index
          (i32.add
            (global.get $turns)
            (i32.shl (i32.and (local.get $at) (global.get $mask)) (i32.const 2))))
        (local.set $lap (i32.and (i32.shl (local.get $at) (global.get $lapShift)) (global.get $lapMask)))
        (local.set $word (i32.atomic.load (local.get $index)))
        (if (i32.and
          (i32.eq (i32.and (local.get $word) (global.get $LAP)) (local.get $lap))
          (i32.ne (i32.and (local.get $word) (global.get $PHASE)) (i32.const 0)))
          (then ;; Claimed by another writer: go on behind it.
            (local.set $span (call $spanOf (local.get $at) (local.get $word)))
            (br_if $done (i32.lt_s (local.get $span) (i32.const 0)))
            (local.set $at (i32.add (local.get $at) (local.get $span)))
            (br $look)))
        (br_if $done ;; Not the lap before: the position may be history.
          (i32.and
            (i32.sub (local.get $lap) (i32.and (local.get $word) (global.get $LAP)))
            (global.get $otherThanOneLap)))
        (br_if $done (i32.and (local.get $word) (global.get $CLOSED)))
        (local.set $claim
          (i32.or
            (i32.or (local.get $lap) (global.get $owner))
            (i32.or (i32.and (local.get $word) (global.get $SLEEPER)) (global.get $CLAIMED))))
        (br_if $look ;; 2.
          (i32.ne
            (i32.atomic.rmw.cmpxchg (local.get $index) (local.get $word) (local.get $claim))
            (local.get $word))))
      (local.set $source (global.get $scratch)) ;; 3.
      (local.set $target
        (i32.add
          (global.get $payload)
          (i32.mul (i32.and (local.get $at) (global.get $mask)) (global.get $slotBytes))))
      (local.set $end (i32.add (local.get $source) (i32.shl (local.get $count) (i32.const 2))))
      (loop $copy
        (i32.store (local.get $target) (i32.load (local.get $source)))
        (local.set $target (i32.add (local.get $target) (i32.const 4)))
        (local.set $source (i32.add (local.get $source) (i32.const 4)))
        (br_if $copy (i32.lt_u (local.get $source) (local.get $end))))
      (local.set $outcome (i32.const 1))
      (loop $publish
        (local.set $word ;; 4.
          (i32.atomic.rmw.cmpxchg (local.get $index) (local.get $claim)
            (i32.or (local.get $lap) (global.get $PUBLISHED))))
        (if (i32.ne (local.get $word) (local.get $claim))
          (then ;; A sleeper has put its flag there, or readers have given the claim up.
            (local.set $outcome (i32.const 3))
            (br_if $done
              (i32.eq (i32.and (local.get $word) (global.get $PHASE)) (global.get $VOID)))
            (local.set $claim (local.get $word))
            (br $publish))))
      (local.set $outcome
        (select (i32.const 2) (i32.const 1) (i32.and (local.get $claim) (global.get $SLEEPER))))
      (if (i32.eqz (i32.and (i32.add (local.get $at) (i32.const 1)) (i32.const 31)))
        (then (call $leaveHint (i32.add (local.get $at) (i32.const 1))))))
    (i32.or
      (i32.shl (i32.sub (local.get $at) (local.get $from)) (i32.const 2))
      (local.get $outcome)))

  ;; Slots of a published record, by its turn word and its run word.
  (func $spanByRun (param $at i32) (param $word i32) (result i32)
    (if (result i32) (i32.and (local.get $word) (global.get $MANY))
      (then (call $checkedSpan (i32.atomic.load (call $wordOf (global.get $runs) (local.get $at)))))
      (else (i32.const 1))))

  ;; Slots from `at` on that one take may cover: published ones, at most `most` messages; -1 when a word says what can not be.
  (func $gather (param $at i32) (param $word i32) (param $most i32) (result i32)
    (local $span i32) (local $more i32) (local $messages i32) (local $next i32) (local $limit i32)
    (if (i32.and (global.get $fixed) (i32.eq (local.get $most) (i32.const 1))) (then (return (i32.const 1))))
    (local.set $span (call $spanByRun (local.get $at) (local.get $word)))
    (if (i32.lt_s (local.get $span) (i32.const 0)) (then (return (local.get $span))))
    (local.set $messages (select (local.get $span) (i32.const 1) (global.get $fixed)))
    (block $end
      (loop $more
        (br_if $end (i32.ge_s (local.get $messages) (local.get $most)))
        (br_if $end (i32.ge_s (local.get $span) (global.get $capacity)))
        (local.set $next (i32.add (local.get $at) (local.get $span)))
        (local.set $word
          (i32.atomic.load
            (i32.add
              (global.get $turns)
              (i32.shl (i32.and (local.get $next) (global.get $mask)) (i32.const 2)))))
        (br_if $end (i32.eqz (i32.and
          (i32.eq
            (i32.and (local.get $word) (global.get $LAP))
            (i32.and (i32.shl (local.get $next) (global.get $lapShift)) (global.get $lapMask)))
          (i32.eq (i32.and (local.get $word) (global.get $PHASE)) (global.get $PUBLISHED)))))
        (local.set $more (call $spanByRun (local.get $next) (local.get $word)))
        (if (i32.lt_s (local.get $more) (i32.const 0)) (then (return (local.get $more))))
        (local.set $span (i32.add (local.get $span) (local.get $more)))
        (local.set $messages
          (select (local.get $span) (i32.add (local.get $messages) (i32.const 1)) (global.get $fixed)))
        (br $more)))
    (if (i32.eqz (global.get $fixed)) (then (return (local.get $span))))
    (local.set $limit
      (select (local.get $most) (global.get $capacity) (i32.lt_s (local.get $most) (global.get $capacity))))
    (select (local.get $span) (local.get $limit) (i32.lt_s (local.get $span) (local.get $limit))))

  ;; Takes a record of at most `most` messages, which is at `from` or behind. The answer is how many slots lie between, times 4, and one of
  ;;   0  nothing was taken: there is nothing, or something out of the ordinary
  ;;   1  a record of one slot was taken
  ;;   2  one of several slots, of which the desk says how many
  (func (export "take") (param $from i32) (param $most i32) (result i32)
    (local $at i32) (local $index i32) (local $lap i32) (local $word i32) (local $phase i32) (local $span i32)
    (local $many i32) (local $outcome i32)
    (local.set $at (local.get $from))
    (block $done
      (loop $look
        (local.set $index
          (i32.add
            (global.get $turns)
            (i32.shl (i32.and (local.get $at) (global.get $mask)) (i32.const 2))))
        (local.set $lap (i32.and (i32.shl (local.get $at) (global.get $lapShift)) (global.get $lapMask)))
        (local.set $word (i32.atomic.load (local.get $index)))
        (br_if $done (i32.eqz (i32.and
          (i32.eq (i32.and (local.get $word) (global.get $LAP)) (local.get $lap))
          (i32.ne (i32.and (local.get $word) (global.get $PHASE)) (i32.const 0)))))
        (local.set $phase (i32.and (local.get $word) (global.get $PHASE)))
        (br_if $done (i32.eq (local.get $phase) (global.get $CLAIMED)))
        (br_if $done (i32.eq (local.get $phase) (global.get $RETURNED)))
        (if (i32.ne (local.get $phase) (global.get $PUBLISHED))
          (then ;; Taken, released or given up: go on behind it.
            (local.set $span (call $spanOf (local.get $at) (local.get $word)))
            (br_if $done (i32.lt_s (local.get $span) (i32.const 0)))
            (local.set $at (i32.add (local.get $at) (local.get $span)))
            (br $look)))
        (local.set $span (call $gather (local.get $at) (local.get $word) (local.get $most)))
        (br_if $done (i32.lt_s (local.get $span) (i32.const 0)))
        (local.set $many (i32.gt_s (local.get $span) (i32.const 1)))
        (if (local.get $many) (then (i32.atomic.store (global.get $ownSpan) (local.get $span))))
        (br_if $look ;; 5.
          (i32.ne
            (i32.atomic.rmw.cmpxchg (local.get $index) (local.get $word)
              (i32.or
                (i32.or (local.get $lap) (global.get $owner))
                (i32.or
                  (i32.or (i32.and (local.get $word) (global.get $SLEEPER)) (global.get $TAKEN))
                  (select (global.get $MANY) (i32.const 0) (local.get $many)))))
            (local.get $word))))
      (local.set $outcome (i32.add (i32.const 1) (local.get $many)))
      (local.set $word (i32.add (local.get $at) (local.get $span)))
      (if (i32.lt_s (i32.and (local.get $word) (i32.const 31)) (local.get $span))
        (then (call $leaveHint (local.get $word)))))
    (i32.or
      (i32.shl (i32.sub (local.get $at) (local.get $from)) (i32.const 2))
      (local.get $outcome)))

  ;; Gives a record back to the writers; the answer is the turn word that was there.
  (func (export "release") (param $at i32) (param $span i32) (result i32)
    (if (i32.gt_s (local.get $span) (i32.const 1))
      (then (i32.atomic.store (call $wordOf (global.get $runs) (local.get $at)) (local.get $span))))
    (i32.atomic.rmw.xchg (call $wordOf (global.get $turns) (local.get $at)) ;; 7.
      (i32.or
        (call $lapOf (local.get $at))
        (i32.or
          (global.get $RELEASED)
          (select (global.get $MANY) (i32.const 0) (i32.gt_s (local.get $span) (i32.const 1)))))))

  ;; Changes the turn word of a sequence from `expected`; the answer is the word that was there.
  (func (export "change") (param $at i32) (param $expected i32) (param $replacement i32) (result i32)
    (i32.atomic.rmw.cmpxchg
      (i32.add (global.get $turns) (i32.shl (i32.and (local.get $at) (global.get $mask)) (i32.const 2)))
      (local.get $expected)
      (local.get $replacement))))
