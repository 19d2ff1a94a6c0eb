// `mortise aliro inspect`: tells what some bytes or a recorded transaction are, readably, and which check fails.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { someFail } from '@mortise/aliro/check.ts';
import { inspectBytes } from '@mortise/aliro/inspect-bytes.ts';
import { NO_MEMORIES } from '@mortise/aliro/issuer-memory.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { refuse, type CommandError } from '../command.ts';
import { wrapped } from '../table.ts';
import { EXIT, type Terminal } from '../terminal.ts';
import { clockOf, inspectJson, type Inspection } from './inspect-json.ts';
import { readInput, type Content } from './inspect-input.ts';
import { readInspectOptions, type InspectOptions } from './inspect-options.ts';
import { renderChecks, renderTree, type Layout } from './render-inspection.ts';

const WIDTH = 100;

const UNKNOWN_DIGITS = 16;

const unknown = (bytes: Bytes): CommandError => ({
  code: 'input-unknown',
  message: `These ${bytes.length} bytes (${hex(bytes.subarray(0, UNKNOWN_DIGITS / 2))}${bytes.length > UNKNOWN_DIGITS / 2 ? '…' : ''}) are no Aliro APDU, document, DeviceRequest, DeviceResponse or certificate. ` +
    'Give the whole of one as bytes, hex or PEM, or a recorded transaction as JSON.',
});

const inspectContent = (content: Content, options: InspectOptions): Result<Inspection, CommandError> => {
  if (content.kind === 'json') return inspectJson(content.value, options);
  const [issuers = [], [credentialKey] = [], [groupIdentifierKey] = []] = (['issuer', 'credential', 'group'] as const).map((name) => options.keys.get(name));
  const now = clockOf({}, options);
  const inspected = inspectBytes(content.bytes, {
    crypto, issuers, memory: NO_MEMORIES,
    ...(credentialKey && { credentialKey }), ...(groupIdentifierKey && { groupIdentifierKey }), ...(now !== undefined && { now }),
  });
  if (inspected === undefined) return err(unknown(content.bytes));
  return ok({ title: `${inspected.kind}, ${content.bytes.length} bytes`, notes: [], parts: inspected.parts, checks: inspected.checks });
};

const textOf = ({ title, notes, parts, checks }: Inspection, layout: Layout): string => {
  const head = [title, ...notes].map((line) => wrapped(line, 0, layout.width)).join('');
  return `${head}\n${renderTree(parts, layout)}${renderChecks(checks, layout)}`;
};

/** Exit code 0: every check that could be made holds; 1: one fails; 2: wrong arguments, or an input that is none of Aliro's. */
export const inspect = (args: readonly string[], terminal: Terminal): Promise<number> => Promise.resolve(inspectNow(args, terminal));

const inspectNow = (args: readonly string[], terminal: Terminal): number => {
  const options = readInspectOptions(args);
  if (!options.ok) return refuse(terminal, options.error, args.includes('--json'));
  const { input, json, full } = options.value;
  const content = readInput(input);
  const inspection = content.ok ? inspectContent(content.value, options.value) : content;
  if (!inspection.ok) return refuse(terminal, inspection.error, json);
  const good = !someFail(inspection.value.checks);
  terminal.out(json ? `${JSON.stringify({ ok: good, ...inspection.value })}\n` : textOf(inspection.value, { width: WIDTH, full }));
  return good ? EXIT.good : EXIT.wrong;
};
