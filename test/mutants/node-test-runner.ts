// Stryker's part for tests written for node:test: runs them in the process that Stryker gives it, many times over, so that a mutant
// costs the milliseconds of the tests that reach it and not a start of Node for each test file. Test by test, as they cover the mutant.
//
// Where a mutant acts when modules are loaded, the modules of the room are loaded again, as if for the first time. They are as well when
// a test that a mutant failed fails without it too: then an earlier mutant left something behind, and the test would fail for that.

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
import { enterFile, failureOf, forgetTests, registeredTests, test, type Registered } from './test-registry.ts';

const REGISTRY = new URL('test-registry.ts', import.meta.url).href;

/** Where mutated code looks for the mutant to be, and counts where it came by. */
const mutated: InstrumenterContext = {};

const deactivate = (): void => {
  delete mutated.activeMutant;
  delete mutated.hitCount;
  delete mutated.hitLimit;
};

/** Also a test: tests make much when they are loaded, and a mutant that does not let them load is found by that. */
const loadFile = async (file: string): Promise<void> => {
  enterFile(file);
  const loaded = await import(pathToFileURL(resolve(file)).href).then(() => undefined, (error: unknown) => ({ error }));
  test('loads', () => {
    if (loaded !== undefined) throw loaded.error;
  });
};

// Modules are kept under their address: another address, another copy. What is outside of the sandbox is loaded once.
const SANDBOX = /\/\.stryker-tmp\/[^/]+\/packages\//;
let generation = 0;

const hookModules = (): void => {
  Object.assign(globalThis, { [INSTRUMENTER_CONSTANTS.NAMESPACE]: mutated });
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === 'node:test') return { url: REGISTRY, shortCircuit: true };
      const found = next(specifier, context);
      return SANDBOX.test(found.url) ? { ...found, url: `${found.url}?generation=${generation}` } : found;
    },
  });
};

/** Every test file of the copy in which the process runs. */
const loadTests = async (): Promise<void> => {
  if (generation === 0) hookModules();
  generation += 1;
  forgetTests();
  for (const file of globSync('packages/*/src/**/*.test.ts').toSorted()) await loadFile(file);
};

const runTest = async (one: Registered): Promise<TestResult> => {
  mutated.currentTestId = one.id;
  const started = performance.now();
  const failureMessage = await failureOf(one);
  delete mutated.currentTestId;
  const result = { id: one.id, name: one.id, fileName: resolve(one.file), timeSpentMs: performance.now() - started };
  return failureMessage === undefined ? { ...result, status: TestStatus.Success } : { ...result, status: TestStatus.Failed, failureMessage };
};

const failsWithoutMutant = async (id: string | undefined): Promise<boolean> => {
  const failed = registeredTests().find((one) => one.id === id);
  return failed !== undefined && (await failureOf(failed)) !== undefined;
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
  #tests: readonly Registered[] = [];
  /** Something is left behind by a mutant. */
  #stale = true;

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: true };
  }

  async dryRun(): Promise<DryRunResult> {
    await this.#load();
    const tests: TestResult[] = [];
    for (const one of this.#tests) tests.push(await runTest(one));
    keepDurations(tests);
    return { status: DryRunStatus.Complete, tests, mutantCoverage: mutated.mutantCoverage ?? { static: {}, perTest: {} } };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const fresh = this.#stale || options.reloadEnvironment;
    const result = await this.#try(options, fresh);
    return toMutantRunResult(this.#stale && !fresh ? await this.#try(options, true) : result);
  }

  async #try(options: MutantRunOptions, fresh: boolean): Promise<DryRunResult> {
    const whileLoading = options.mutantActivation === 'static';
    if (fresh && !whileLoading) await this.#load();
    Object.assign(mutated, { activeMutant: options.activeMutant.id, hitCount: 0, hitLimit: options.hitLimit });
    if (fresh && whileLoading) await this.#load();
    const result = await this.#runTests(options);
    deactivate();
    const failed = result.status === DryRunStatus.Complete ? result.tests.find(({ status }) => status === TestStatus.Failed) : undefined;
    this.#stale = whileLoading || (await failsWithoutMutant(failed?.id));
    return result;
  }

  async #runTests({ testFilter, hitLimit }: MutantRunOptions): Promise<DryRunResult> {
    const tests: TestResult[] = [];
    for (const one of this.#tests.filter(({ id }) => testFilter?.includes(id) ?? true)) {
      const result = await runTest(one);
      tests.push(result);
      const tooLong = determineHitLimitReached(mutated.hitCount, hitLimit);
      if (tooLong !== undefined) return tooLong;
      if (result.status === TestStatus.Failed) break;
    }
    return { status: DryRunStatus.Complete, tests };
  }

  async #load(): Promise<void> {
    await loadTests();
    this.#tests = quickestFirst();
  }
}

const createNodeTestRunner = (): TestRunner => new NodeTestRunner();
createNodeTestRunner.inject = [] as const satisfies readonly (keyof PluginContext)[];

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, 'node-test', createNodeTestRunner),
  declareValuePlugin(PluginKind.Ignore, 'assertion-message', { shouldIgnore: (path) => (isAssertionMessage(path) ? 'says what must be true; no caller can see it' : undefined) }),
];
