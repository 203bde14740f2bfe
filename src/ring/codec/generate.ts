let allowed = true;

/**
 * Runs generated code, where that is allowed. `source` is the body of a function of `parameters`; the answer
 * is what it returns for `values`.
 *
 * Pages with a content security policy, some edge runtimes and `node --disallow-code-generation-from-strings`
 * refuse `new Function`. The answer is then `undefined`, and the caller takes its interpreted path; the first
 * refusal is remembered, because a page may report each attempt.
 */
export function generate<T>(
  parameters: readonly string[],
  source: string,
  values: readonly unknown[],
): T | undefined {
  if (!allowed) return undefined;
  let factory: (...values: readonly unknown[]) => T;
  try {
    factory = new Function(...parameters, `'use strict';\n${source}`) as typeof factory;
  } catch (error) {
    // A syntax error is a defect of the generator, and hiding it would only make things slow.
    if (error instanceof SyntaxError) throw error;
    allowed = false;
    return undefined;
  }
  return factory(...values);
}

/** Switches generated code off and on, so that tests can hold the two paths against each other. */
export function allowGeneration(allow: boolean): void {
  allowed = allow;
}
