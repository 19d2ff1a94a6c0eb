// Stryker's part for tests written for node:test: runs them in the process that Stryker gives it, many times over, so that a mutant
// costs the milliseconds of the tests that reach it and not a start of Node for each test file. Test by test, as they cover the mutant.
//
// A test that a mutant fails runs once more without it: when it then fails too, the mutant left something behind in the process, and what
// is tried next would be killed by that. Such a process is given up; Stryker starts another for the next mutant.

import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, declareValuePlugin, PluginKind, type PluginContext } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached, DryRunStatus, TestStatus, toMutantRunResult, type DryRunResult, type MutantRunOptions, type MutantRunResult, type TestResult, type TestRunner,
} from '@stryker-mutator/api/test-runner';
import { isAssertionMessage } from './assertion-message.ts';
import { enterFile, failureOf, registeredTests, type Registered } from './test-registry.ts';

const REGISTRY = new URL('test-registry.ts', import.meta.url).href;

/** Where mutated code looks for the mutant to be, and counts where it came by. */
const mutated: InstrumenterContext = {};

const deactivate = (): void => {
  delete mutated.activeMutant;
  delete mutated.hitCount;
  delete mutated.hitLimit;
};

/** Every test file of the copy in which the process runs. */
const loadTests = async (): Promise<void> => {
  Object.assign(globalThis, { [INSTRUMENTER_CONSTANTS.NAMESPACE]: mutated });
  registerHooks({ resolve: (specifier, context, next) => (specifier === 'node:test' ? { url: REGISTRY, shortCircuit: true } : next(specifier, context)) });
  for (const file of globSync('packages/*/src/*.test.ts').toSorted()) {
    enterFile(file);
    await import(pathToFileURL(resolve(file)).href);
  }
};

const runTest = async (test: Registered): Promise<TestResult> => {
  mutated.currentTestId = test.id;
  const started = performance.now();
  const failureMessage = await failureOf(test);
  delete mutated.currentTestId;
  const result = { id: test.id, name: test.id, fileName: resolve(test.file), timeSpentMs: performance.now() - started };
  return failureMessage === undefined ? { ...result, status: TestStatus.Success } : { ...result, status: TestStatus.Failed, failureMessage };
};

const failsWithoutMutant = async (id: string | undefined): Promise<boolean> => {
  const test = registeredTests().find((one) => one.id === id);
  return test !== undefined && (await failureOf(test)) !== undefined;
};

// The first run tells how long each test takes, in a file for the processes after it: the quickest test that can fail comes first.
const DURATIONS = 'test-durations.json';

const keepDurations = (results: readonly TestResult[]): void => {
  writeFileSync(DURATIONS, JSON.stringify(Object.fromEntries(results.map(({ id, timeSpentMs }) => [id, timeSpentMs]))));
};

const quickestFirst = (): readonly Registered[] => {
  const durations: Readonly<Record<string, number>> = existsSync(DURATIONS) ? JSON.parse(readFileSync(DURATIONS, 'utf8')) : {};
  return registeredTests().toSorted((a, b) => (durations[a.id] ?? 0) - (durations[b.id] ?? 0));
};

class NodeTestRunner implements TestRunner {
  #loading: Promise<void> | undefined;
  #tests: readonly Registered[] = [];
  #mutantsRun = 0;
  #changed = false;

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: false };
  }

  async dryRun(): Promise<DryRunResult> {
    await this.#load();
    const tests: TestResult[] = [];
    for (const test of registeredTests()) tests.push(await runTest(test));
    keepDurations(tests);
    return { status: DryRunStatus.Complete, tests, mutantCoverage: mutated.mutantCoverage ?? { static: {}, perTest: {} } };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    if (this.#changed) throw new Error('an earlier mutant changed the process');
    if (options.mutantActivation === 'runtime') await this.#load();
    Object.assign(mutated, { activeMutant: options.activeMutant.id, hitCount: 0, hitLimit: options.hitLimit });
    const result = await this.#runTests(options);
    deactivate();
    const failed = result.status === DryRunStatus.Complete ? result.tests.find(({ status }) => status === TestStatus.Failed) : undefined;
    this.#changed = options.mutantActivation === 'runtime' && (await failsWithoutMutant(failed?.id));
    this.#mutantsRun += 1;
    if (this.#changed && this.#mutantsRun > 1) throw new Error('an earlier mutant changed the process');
    return toMutantRunResult(result);
  }

  async #runTests({ testFilter, hitLimit }: MutantRunOptions): Promise<DryRunResult> {
    await this.#load();
    const tests: TestResult[] = [];
    for (const test of this.#tests.filter(({ id }) => testFilter?.includes(id) ?? true)) {
      const result = await runTest(test);
      tests.push(result);
      const tooLong = determineHitLimitReached(mutated.hitCount, hitLimit);
      if (tooLong !== undefined) return tooLong;
      if (result.status === TestStatus.Failed) break;
    }
    return { status: DryRunStatus.Complete, tests };
  }

  async #load(): Promise<void> {
    this.#loading ??= loadTests();
    await this.#loading;
    if (this.#tests.length === 0) this.#tests = quickestFirst();
  }
}

const createNodeTestRunner = (): TestRunner => new NodeTestRunner();
createNodeTestRunner.inject = [] as const satisfies readonly (keyof PluginContext)[];

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, 'node-test', createNodeTestRunner),
  declareValuePlugin(PluginKind.Ignore, 'assertion-message', { shouldIgnore: (path) => (isAssertionMessage(path) ? 'says what must be true; no caller can see it' : undefined) }),
];
