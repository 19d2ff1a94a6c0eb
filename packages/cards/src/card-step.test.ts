// Each step as it is: what it protects, and what it takes for an answer. That it does so is for the sessions' tests to show.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY, hex } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { UID_STEP, changeKeyStep, createFileStep, readIdStep, selectStep, settingsStep, writeIdStep, type Step } from './card-step.ts';
import { PRODUCTS } from './product.ts';

const ID = new Uint8Array(16).fill(7);
const nothing = { kind: 'equals', bytes: EMPTY, otherwise: 'answer-malformed' } as const;

test('under keys: how each step is protected, what it sends in the clear and under cover, and what it expects', () => {
  const data = new Secret(Uint8Array.of(1, 2, 3));
  const table: readonly (readonly [Step, readonly unknown[]])[] = [
    [readIdStep(PRODUCTS.desfire, ID), ['full', 0xad, '01000000100000', '', { kind: 'equals', bytes: ID, otherwise: 'card-id-other' }]],
    [writeIdStep(PRODUCTS.ntag424, ID), ['full', 0x8d, '03000000100000', hex(ID), nothing]],
    [settingsStep(PRODUCTS.ntag424), ['mac', 0xf5, '03', '', { kind: 'equals', bytes: PRODUCTS.ntag424.settings, otherwise: 'settings-other' }]],
    [UID_STEP, ['full', 0x51, '', '', { kind: 'uid' }]],
    [createFileStep(PRODUCTS.desfire), ['mac', 0xcd, '0103f010100000', '', nothing]],
    [changeKeyStep(2, data, false), ['full', 0xc4, '02', '010203', nothing]],
    [changeKeyStep(0, data, true), ['full', 0xc4, '00', '010203', { kind: 'bare' }]],
  ];
  for (const [step, expected] of table) {
    assert.ok(step.kind === 'secured');
    assert.deepEqual([step.mode, step.ins, hex(step.header), hex(step.data.reveal()), step.expects], expected);
  }
});

test('in the clear: a card that has no application of ours says so in either of two ways', () => {
  const step = selectStep(PRODUCTS.ntag424);
  assert.ok(step.kind === 'plain');
  assert.deepEqual([step.apdu, step.done, [...step.faults]], [PRODUCTS.ntag424.select, 0x9000, [[0x91a0, 'application-missing'], [0x6a82, 'application-missing']]]);
});
