#!/usr/bin/env node
import { bench } from './bench.ts';

/** What the commands do; each gets the arguments behind its name. */
const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = { bench };

const HELP = `Usage: millrace <command> [options]

  bench     measures the library against its rivals: tables, JSON, a report with plots

millrace <command> --help says more.
`;

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command !== undefined) await command(args);
else if (name === '' || name === '--help' || name === '-h') process.stdout.write(HELP);
else {
  process.stderr.write(`There is no command named ${name}.\n\n${HELP}`);
  process.exitCode = 2;
}
