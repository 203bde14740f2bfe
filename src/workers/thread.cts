/**
 * What Piscina loads in each thread: runs a task by the module that the task names, which is loaded by `import()`.
 *
 * This file is CommonJS because Piscina calls `require` first. A thread that is ended while Node loads an ES module by `require` takes
 * the whole process with it (`v8::Module::IsGraphAsync must be used on an instantiated module`); one that is ended within an
 * `import()` ends alone.
 */
module.exports = async ({
  stage,
  task,
}: {
  readonly stage: string;
  readonly task: unknown;
}): Promise<unknown> => {
  const { default: run } = (await import(stage)) as { readonly default: (task: unknown) => unknown };
  return run(task);
};
