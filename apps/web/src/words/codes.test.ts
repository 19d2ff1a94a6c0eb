import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADOPTION_CODES } from '@mortise/documents/adoption-message.ts';
import { adoptionSentence, setupCodeSentence, typedCharacters } from './codes.ts';

test('each end of an adoption has a sentence, and says that nothing was changed', () => {
  for (const code of ADOPTION_CODES) assert.match(adoptionSentence({ code }), /Nothing was changed\.$/, code);
  assert.match(adoptionSentence({ code: 'too-many-tries', retryAfterMs: 61_000 }), /in 2 minutes/);
});

test('a code that is too short says how much is there', () => {
  assert.equal(typedCharacters('MORTISE:ABCDE-FGH 12'), 10);
  assert.match(setupCodeSentence({ code: 'setup-code-length' }, 'ABCDE-FG'), /This one has 7\./);
});
