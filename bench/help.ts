import type { Contender } from './contenders/index.ts';
import { isOrdinary, namesIn } from './ordinary.ts';
import { FULL, QUICK } from './run/plan.ts';
import { SCENARIOS } from './scenarios/index.ts';

export function helpText(contenders: readonly Contender[]): string {
  return `Measures millrace against its rivals, between threads and in one. Every message is verified.

  millrace bench [options]          npm run bench -- [options]

  -s, --scenario NAME    only this scenario, with everybody who does it; may be repeated
  -c, --contender NAME   only this contender; may be repeated
  -a, --all              everybody in every scenario, also what is marked with * below: more than an hour
  -r, --rounds N         rounds of each (default ${FULL.rounds}; quick ${QUICK.rounds})
  -q, --quick            short rounds: to see that it works, not to quote
      --patience SECONDS how long to wait in all, and run rounds again, while others use the machine
                         (default ${FULL.patience}; quick ${QUICK.patience})
      --json             one JSON object a line: scenario, contender, unit, median, min, max, runs
      --save DIR         write everything that was measured to a file there
      --html FILE        write a report with plots: one file that needs no other
      --markdown FILE    write the tables as Markdown
      --compare FILE     say what has changed since an earlier --save
      --agree FILE       whether this run and an earlier --save of the same commit agree; fails when they do not
      --readme FILE      put the table of the README there, between its two marks
      --picture FILE     write the picture of the README: SVG
      --from FILE        measure nothing; report an earlier --save; of a folder, the newest of each line of Node
      --guard            only what was promised: scenario, promised, measured, ok or short; fails when short
      --warn             with --guard: do not fail
      --profile DIR      write processor profiles of all threads there
  -h, --help             this text

Scenarios
${list(SCENARIOS, (scenario) => `${isOrdinary(scenario) ? ' ' : '*'} ${scenario.title}`)}

Contenders
${list(contenders, ({ name }) => (SCENARIOS.some((one) => namesIn(one).includes(name)) ? '' : '*'))}
`;
}

function list<T extends { readonly name: string }>(all: readonly T[], say: (one: T) => string): string {
  const width = Math.max(...all.map(({ name }) => name.length));
  return all.map((one) => `  ${one.name.padEnd(width)}  ${say(one)}`.trimEnd()).join('\n');
}
