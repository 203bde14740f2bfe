import { open } from '/dist/ring/index.js';

/** Plays the samples that come through a ring. An audio thread must never wait, so it polls. */
class RingPlayer extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.reader = open(processorOptions.samples).reader;
  }

  process(_inputs, [[channel]]) {
    for (let i = 0; i < channel.length; i++) channel[i] = this.reader.poll() ?? 0;
    return true;
  }
}

registerProcessor('ring-player', RingPlayer);
