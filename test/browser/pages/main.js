import { clone, f32, mpmc, msgpack, spsc } from '/dist/ring/index.js';
import { Tick, tick } from './tick.js';

const COUNT = 2000;

/** @param {string} name */
async function startWorker(name) {
  const worker = new Worker(`/pages/${name}.js`, { type: 'module' });
  await message(worker);
  return worker;
}

/** @param {Worker} worker */
function message(worker) {
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data), { once: true });
    worker.addEventListener('error', (event) => reject(new Error(event.message)), { once: true });
  });
}

/** What the test asks for, by name. */
globalThis.scenarios = {
  /** Whether the page shares memory and may generate code. */
  policy() {
    let generates = true;
    try {
      new Function('');
    } catch {
      generates = false;
    }
    return { isolated: crossOriginIsolated, generates };
  },

  /** The main thread awaits, the worker blocks; `right` counts messages that came back as they were sent. */
  async mainAndWorker() {
    const there = spsc(Tick, { capacity: 16 });
    const back = spsc(Tick, { capacity: 16 });
    const worker = await startWorker('echo-worker');
    worker.postMessage({ from: there.handle, to: back.handle });
    const writing = (async () => {
      for (let i = 0; i < COUNT; i++) await there.writer.put(tick(i));
      there.close();
    })();
    let right = 0;
    let i = 0;
    for await (const batch of back.reader) {
      for (const view of batch) if (JSON.stringify(view) === JSON.stringify(tick(i++))) right++;
    }
    await writing;
    worker.terminate();
    return { right, sent: COUNT };
  },

  async workerAndWorker() {
    const there = mpmc(Tick, { capacity: 4 });
    const back = mpmc(Tick, { capacity: 4 });
    const [source, echo] = await Promise.all([startWorker('source-worker'), startWorker('echo-worker')]);
    echo.postMessage({ from: there.handle, to: back.handle });
    source.postMessage({ to: there.handle, from: back.handle, count: COUNT });
    const right = await message(source);
    source.terminate();
    echo.terminate();
    return { right, sent: COUNT };
  },

  async audioWorklet() {
    const samples = spsc(f32, { capacity: 4096 });
    const context = new OfflineAudioContext(1, 2048, 48_000);
    await context.audioWorklet.addModule('/pages/ring-player.js');
    const player = new AudioWorkletNode(context, 'ring-player', {
      numberOfInputs: 0,
      processorOptions: { samples: samples.handle },
    });
    player.connect(context.destination);
    const sent = Float32Array.from({ length: 2048 }, (_, i) => Math.sin(i / 10));
    samples.writer.offerAll(sent);
    const played = (await context.startRendering()).getChannelData(0);
    return { right: sent.filter((sample, i) => sample === played[i]).length, sent: sent.length };
  },

  /** The codecs that need something of the runtime. */
  async codecs() {
    const { writer, reader } = mpmc(msgpack());
    const value = { id: 1, tags: ['a', 'é'.repeat(100)], bytes: Uint8Array.of(1, 2), at: new Date(5) };
    writer.offer(value);
    const { id, tags, bytes, at } = reader.poll();
    let refused = '';
    try {
      clone();
    } catch (error) {
      refused = error.code;
    }
    return { same: JSON.stringify([id, tags, [...bytes], at]), refused };
  },
};
