export { VirtualClock, type VirtualClockOptions } from '../delivery/virtual-clock.ts';
export type { SimulationOptions } from './simulation.ts';
export { TestBus, testBus } from './test-bus.ts';
