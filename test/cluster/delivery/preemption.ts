/** Thrown by the step at which a thread is to die. */
export class Killed extends Error {}

const STEPS = ['load', 'store', 'add', 'or', 'exchange', 'compareExchange'] as const;

/**
 * Runs a call and stops it before its `step`-th access to shared memory, where `meanwhile` runs to its end, as if another thread had been faster; it
 * may throw `Killed`, and then the call never goes on. `false` when the call was killed. Deterministic, in one thread.
 */
export function preempt(call: () => void, step: number, meanwhile: () => void): boolean {
  const seam = Atomics as unknown as Record<string, (...args: unknown[]) => unknown>;
  const genuine = STEPS.map((name) => seam[name] as (...args: unknown[]) => unknown);
  const restore = () => {
    STEPS.forEach((name, i) => {
      seam[name] = genuine[i] as (typeof genuine)[number];
    });
  };
  let left = step;
  STEPS.forEach((name, i) => {
    seam[name] = (...args) => {
      if (left-- === 0) {
        restore();
        meanwhile();
      }
      return (genuine[i] as (...args: unknown[]) => unknown)(...args);
    };
  });
  try {
    call();
    return true;
  } catch (error) {
    if (error instanceof Killed) return false;
    throw error;
  } finally {
    restore();
  }
}
