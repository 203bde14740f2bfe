"""Runs queue.Queue in one scenario and prints one line of JSON; bench/native/README.md describes both."""

import argparse
import functools
import json
import math
import queue
import struct
import sys
import threading
import time

FIRST_COUNT = 2_000
GROWTH_MAX = 20
COUNT_MAX = 1 << 30
TRIPS_MAX = 500_000
UINT32 = 0xFFFF_FFFF
PERCENTILES = (1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99)

#: Comes after the last message. Whoever gets it passes it on: there is one for all consumers.
END = None


class VerificationError(Exception):
    """What was sent is not what arrived."""


class Numbers:
    """See bench/payloads/number.ts."""

    PRODUCER_STEP = float(1 << 40)

    def make(self, producer, sequence):
        return producer * self.PRODUCER_STEP + sequence + 0.5

    def received(self, value):
        return value

    def matches(self, value, producer, sequence):
        return value == producer * self.PRODUCER_STEP + sequence + 0.5

    def producer_of(self, value):
        return int(value // self.PRODUCER_STEP)

    def sequence_of(self, value, producer):
        return int(value - producer * self.PRODUCER_STEP - 0.5)


class Bytes:
    """See bench/payloads/bytes.ts. What goes through the queue is a copy, which the consumer copies to memory of its own."""

    HEAD = struct.Struct("<iB")
    TAIL = struct.Struct("<i")
    PATTERN_AT = HEAD.size

    def __init__(self, size):
        self.tail = size - self.TAIL.size
        self.pattern = bytes((at * 7 + 1) & 0xFF for at in range(size))
        self.message = bytearray(self.pattern)

    def make(self, producer, sequence):
        self.HEAD.pack_into(self.message, 0, sequence, producer)
        self.TAIL.pack_into(self.message, self.tail, sequence)
        return bytes(self.message)

    def received(self, value):
        self.message[:] = value
        return self.message

    def matches(self, message, producer, sequence):
        look = self.PATTERN_AT + sequence % (self.tail - self.PATTERN_AT)
        return (
            self.HEAD.unpack_from(message) == (sequence, producer)
            and message[look] == self.pattern[look]
            and self.TAIL.unpack_from(message, self.tail) == (sequence,)
        )

    def producer_of(self, message):
        return message[self.HEAD.size - 1]

    def sequence_of(self, message, _):
        return self.HEAD.unpack_from(message)[0]


class InSequence:
    """One producer and one consumer: message n has to be message n."""

    def __init__(self, payload, _):
        self.payload = payload
        self.next = 0
        self.fault = None

    def see(self, message):
        if not self.payload.matches(message, 0, self.next) and self.fault is None:
            self.fault = f"where message {self.next} was due came another"
        self.next += 1

    def tally(self):
        return [tally_of(self.next)]


class FromMany:
    """Several producers or consumers: a consumer sees the messages of each producer in their order."""

    def __init__(self, payload, producers):
        self.payload = payload
        self.last = [-1] * producers
        #: Of each producer, as `tally_of` gives them.
        self.tallies = [(0, 0, 0)] * producers
        self.fault = None

    def see(self, message):
        producer = self.payload.producer_of(message)
        if not 0 <= producer < len(self.last):
            return self._wrong("came from nobody", producer, 0)
        sequence = self.payload.sequence_of(message, producer)
        if sequence <= self.last[producer]:
            self._wrong("is out of order or twice", producer, sequence)
        elif not self.payload.matches(message, producer, sequence):
            self._wrong("is damaged", producer, sequence)
        self.last[producer] = sequence
        count, total, exclusive_or = self.tallies[producer]
        self.tallies[producer] = (count + 1, total + sequence, exclusive_or ^ sequence)

    def _wrong(self, what, producer, sequence):
        if self.fault is None:
            self.fault = f"message {sequence} of producer {producer} {what}"

    def tally(self):
        return self.tallies


def tally_of(count):
    """Count, sum and exclusive-or of the sequences from 0 to `count` - 1."""
    return count, count * (count - 1) // 2, functools.reduce(int.__xor__, range(count), 0)


def verify(verifiers, producers, sent):
    """That each producer sent `sent` messages and they all arrived, once. Answers the sum of all sequences, as uint32."""
    for verifier in verifiers:
        if verifier.fault is not None:
            raise VerificationError(verifier.fault)
    due = tally_of(sent)
    for producer in range(producers):
        parts = [verifier.tally()[producer] for verifier in verifiers]
        count, total = (sum(part[at] for part in parts) for at in (0, 1))
        if count != sent:
            raise VerificationError(f"producer {producer} sent {sent} messages, {count} arrived")
        if (count, total, functools.reduce(int.__xor__, (part[2] for part in parts))) != due:
            raise VerificationError(f"the checksum of producer {producer} is wrong")
    return producers * due[1] & UINT32


def spans_of(producer, options, count, fault):
    """What a producer sends: everything, or, where a fault is asked for, what the verification has to find."""
    middle = count // 2
    if producer > 0 or not fault:
        return [(producer, 0, count)]
    if fault == "drop":
        return [(0, 0, middle), (0, middle + 1, count)]
    if fault == "repeat":
        return [(0, 0, middle + 1), (0, middle, count)]
    return [(0, 0, middle), (options.producers, middle, middle + 1), (0, middle + 1, count)]


def produce(to, payload, spans):
    for producer, start, end in spans:
        for sequence in range(start, end):
            to.put(payload.make(producer, sequence))


def consume(source, verifier):
    for message in iter(source.get, END):
        verifier.see(verifier.payload.received(message))
    ended = time.perf_counter()
    source.put(END)
    return ended


def payload_of(options):
    return Numbers() if options.bytes == 8 else Bytes(options.bytes)


def run_phase(options, count, fault):
    """One queue from its making to its end, as in bench/run/flow.ts: seconds and the checksum."""
    channel = queue.Queue(options.capacity)
    gate = threading.Barrier(options.producers + options.consumers + 1)
    verifier = InSequence if options.producers == options.consumers == 1 else FromMany
    verifiers = [verifier(payload_of(options), options.producers) for _ in range(options.consumers)]
    ends = []

    def producer_thread(number):
        gate.wait()
        produce(channel, payload_of(options), spans_of(number, options, count, fault))

    def consumer_thread(number):
        gate.wait()
        ends.append(consume(channel, verifiers[number]))

    producers = [start(producer_thread, number) for number in range(options.producers)]
    consumers = [start(consumer_thread, number) for number in range(options.consumers)]
    gate.wait()
    started = time.perf_counter()
    for thread in producers:
        thread.join()
    channel.put(END)
    for thread in consumers:
        thread.join()
    return max(ends) - started, verify(verifiers, options.producers, count)


def start(run, *values):
    # A daemon: whoever waits for a thread that failed does not keep the process.
    thread = threading.Thread(target=run, args=values, daemon=True)
    thread.start()
    return thread


def flow(options):
    """Phases that grow until one lasts long enough for everything to be warm, then the one that counts."""

    def count_for(ms):
        return min(COUNT_MAX, math.ceil(count * min(GROWTH_MAX, max(1, ms / (seconds * 1000)))))

    count = FIRST_COUNT
    seconds, _ = run_phase(options, count, "")
    while seconds * 1000 < options.warm_up_ms * 0.8 and count < COUNT_MAX:
        count = max(count_for(options.warm_up_ms), count * 2)
        seconds, _ = run_phase(options, count, "")
    count = options.messages or count_for(options.measure_ms)
    seconds, checksum = run_phase(options, count, options.fault)
    return {"messages": count * options.producers, "seconds": seconds, "checksum": checksum}


def echo(there, back):
    for value in iter(there.get, END):
        back.put(value)


def round_trip(options):
    """Numbers go there and come back through two queues, as in bench/run/trips.ts."""
    there, back = queue.Queue(options.capacity), queue.Queue(options.capacity)
    far = start(echo, there, back)
    times, checksum, sequence = [], 0, 0
    now = time.perf_counter()
    warm, until = now + options.warm_up_ms / 1000, math.inf
    while now < until and len(times) < TRIPS_MAX:
        sequence, sent = sequence + 1, now
        # The fault that the verification has to find: a number that is not the one that is due.
        there.put(float(sequence + (1 if options.fault and sent >= warm else 0)))
        if back.get() != sequence:
            raise VerificationError(f"{sequence} went out and another came back")
        now = time.perf_counter()
        if sent >= warm:
            times.append((now - sent) * 1e6)
            checksum += sequence
        elif now >= warm:
            # The time runs from the end of the warm-up, however long its last trip took.
            until = now + options.measure_ms / 1000
    there.put(END)
    far.join()
    times.sort()
    curve = [(percentile, quantile(times, percentile / 100)) for percentile in PERCENTILES]
    return {"messages": len(times), "curve": curve, "checksum": checksum & UINT32}


def quantile(ordered, part):
    """The value below which `part` of them lie, interpolated between neighbours."""
    at = (len(ordered) - 1) * part
    below, above = ordered[math.floor(at)], ordered[math.ceil(at)]
    return below + (above - below) * (at - math.floor(at))


def parse_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--queue", required=True)
    parser.add_argument("--scenario", default="flow")
    parser.add_argument("--bytes", type=int, choices=(8, 64, 1024), default=8)
    for name, default in (("producers", 1), ("consumers", 1), ("batch", 1), ("capacity", 131_072), ("messages", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    for name, default in (("warm-up-ms", 120), ("measure-ms", 250)):
        parser.add_argument(f"--{name}", type=float, default=default)
    parser.add_argument("--break", dest="fault", choices=("drop", "repeat", "stranger"))
    return parser.parse_args()


def main():
    options = parse_options()
    scenarios = {"flow": flow, "round-trip-park": round_trip}
    if options.queue != "queue":
        sys.exit(f"UsageError: no queue is named {options.queue}")
    if options.scenario not in scenarios:
        sys.exit(f"UsageError: no scenario is named {options.scenario}")
    try:
        # No line: in one interpreter two threads never run at once, so how far apart their cores are says nothing.
        answer = {**scenarios[options.scenario](options), "lines": [], "ok": True}
    except VerificationError as error:
        answer = {"ok": False, "fault": str(error)}
    print(json.dumps(answer))
    sys.exit(0 if answer["ok"] else 1)


main()
