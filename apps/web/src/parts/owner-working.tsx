// While owners' signatures are made one after the other: which one it is.

import { Task } from '../app/shell.tsx';
import type { OwnerProgress } from '../keys/owner-set.ts';
import { Wait } from './small.tsx';

const STEP: Readonly<Record<OwnerProgress['kind'], string>> = {
  owner: 'Your owner key is opened', passkey: 'Your device makes the passkey', roster: 'Each lock gets its next roster, signed', grant: 'Keys are signed anew', ekey: 'Electronic keys are signed anew', set: 'The owner set is signed',
};

const progressWords = (at: OwnerProgress): string => {
  if (at.kind === 'roster') return `${STEP.roster}: ${at.door}`;
  if (at.kind === 'ekey') return `${STEP.ekey}: ${at.name}`;
  return at.kind === 'grant' ? `${STEP.grant}: ${at.person}` : STEP[at.kind];
};

export const Working = ({ title, at }: { title: string; at: OwnerProgress }) => (
  <Task title={title} say="Stay on this page until it is through."><Wait>{progressWords(at)}</Wait></Task>
);
