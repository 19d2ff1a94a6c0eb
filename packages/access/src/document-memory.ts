// What a lock remembers of documents from one decision to the next. It goes in and comes out; the lock stores what came out before the
// bolt moves, and also when it refused: revocations are learnt either way.

import { NO_MEMORIES, type IssuerMemories } from '@mortise/aliro/issuer-memory.ts';
import { NO_ADMISSIONS, type AdmissionMemory } from './admission-memory.ts';
import { NO_USES, type UseMemory } from './use-memory.ts';

export type DocumentMemory = {
  /** Revocations and validity iterations, by issuer. */
  readonly issuers: IssuerMemories;
  readonly admissions: AdmissionMemory;
  readonly uses: UseMemory;
};

export const NO_DOCUMENT_MEMORY: DocumentMemory = { issuers: NO_MEMORIES, admissions: NO_ADMISSIONS, uses: NO_USES };
