// Electronic keys over HTTP: registering, custody, coverage, updates; and requests for access with what comes of them.

import { MAX_CUSTODY_TOLD } from '@mortise/api/ekeys.ts';
import { ROUTES, STREAMS } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { announceEkey } from '../ekeys/announce.ts';
import { giveBack, issue, lose, takingBack } from '../ekeys/custody.ts';
import { ekeyCoverage } from '../ekeys/ekey-coverage.ts';
import { heldEkeysOf } from '../ekeys/held-ekeys.ts';
import { tellCustody, tellEkeys } from '../ekeys/ekey-view.ts';
import { tellPapers } from '../ekeys/key-papers.ts';
import { makePhoneLink, openPhoneLink, redeemPhoneLink } from '../ekeys/phone-link.ts';
import { beginsWithNews, createPasses } from '../ekeys/own-update.ts';
import { patchEkey, registerEkey } from '../ekeys/register.ts';
import { loseByHolder } from '../ekeys/report-lost.ts';
import { updateEkey } from '../ekeys/update.ts';
import type { Hub } from '../hub.ts';
import type { Desks } from '../mqtt/link.ts';
import { allEkeys, ekeyById, type StoredEkey } from '../store/ekey-store.ts';
import { ekeyWord } from '../store/ekey-orders-store.ts';
import { answerJournal } from './activity.ts';
import type { KeyCaller } from './key-session.ts';
import { reads, readsByKey, refused, signedIn, takes, takesByEither, takesByKey, takesOpen, type App, type Web } from './mount.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { OwnerCaller } from './signed-in.ts';

export const mountEkeys = (app: App, web: Web, { delivery, hearing }: Desks): void => {
  const { hub } = web;
  reads(app, web, ROUTES.ekeys, async () => ok({ ekeys: await tellEkeys(hub, await allEkeys(hub.database)) }));
  reads(app, web, ROUTES.ekeyPapers, async () => ok({ papers: (await allEkeys(hub.database)).map(tellPapers) }));
  reads(app, web, ROUTES.ekey, ({ parameter }) => answer(hub, parameter('ekeyId')));
  takes(app, web, ROUTES.addEkey, async ({ body, caller }) => {
    const registered = await registerEkey(hub, body, caller.personId);
    if (!registered.ok) return registered;
    await announceEkey(hub, registered.value.id);
    return answer(hub, registered.value.id);
  });
  takes(app, web, ROUTES.patchEkey, ({ parameter, body }) => done(hub, parameter('ekeyId'), async (ekey) => {
    const patched = await patchEkey(hub, ekey, body);
    if (patched.ok) await announceEkey(hub, ekey.id);
    return patched;
  }));
  takes(app, web, ROUTES.issueEkey, ({ parameter, body, caller }) => done(hub, parameter('ekeyId'), (ekey) => issue(hub, ekey, body, caller.personId)));
  takes(app, web, ROUTES.returnEkey, ({ parameter, body, caller }) => done(hub, parameter('ekeyId'), (ekey) => giveBack(hub, ekey, body.note, caller.personId)));
  takes(app, web, ROUTES.loseEkey, ({ parameter, body, caller }) => done(hub, parameter('ekeyId'), (ekey) => lose({ hub, delivery }, ekey, body, caller.personId)));
  reads(app, web, ROUTES.ekeyCoverage, async ({ parameter }) => {
    const ekey = await ekeyById(hub.database, parameter('ekeyId'));
    return ekey === undefined ? unknown() : ok(await ekeyCoverage(hub, ekey));
  });
  takesByEither(app, web, ROUTES.updateEkey, async ({ parameter, body, caller }) => {
    if (!web.updates(caller.tokenHash, hub.now())) return refuse('too-many-requests', 'Too many at once. Wait a minute, then try again.');
    const ekey = await ekeyById(hub.database, parameter('ekeyId'));
    if (ekey === undefined || !mayUpdate(caller, ekey)) return unknown();
    const { messages, more, heard } = await updateEkey(hub, hearing, ekey, body.messages.map(bytesIn));
    if (heard) await announceEkey(hub, ekey.id);
    return ok({ messages: messages.map(base64url), more });
  });
  takes(app, web, ROUTES.makePhoneLink, async ({ parameter, body, caller }) => {
    const ekey = await ekeyById(hub.database, parameter('ekeyId'));
    return ekey === undefined ? unknown() : makePhoneLink(hub, ekey, body, caller.personId);
  });
  takesOpen(app, web, ROUTES.openPhoneLink, ({ body }) => openPhoneLink(hub, body.linkKey));
  takesOpen(app, web, ROUTES.redeemPhoneLink, ({ body }) => redeemPhoneLink(hub, body));
  readsByKey(app, web, ROUTES.heldEkeys, async ({ caller }) => ok(await heldEkeysOf(hub, caller.personId)));
  takesByKey(app, web, ROUTES.reportLostEkey, async ({ parameter, body, caller }) => {
    if (!web.couriers(caller.tokenHash, hub.now())) return refuse('too-many-requests', 'Too many at once. Wait a minute, then try again.');
    const ekey = await ekeyById(hub.database, parameter('ekeyId'));
    if (ekey === undefined || !mayUpdate(caller, ekey)) return unknown();
    const lost = await loseByHolder({ hub, delivery }, ekey, body, caller.personId);
    return lost.ok ? ok(await heldEkeysOf(hub, caller.personId)) : lost;
  });
  const passes = createPasses(hub);
  takesOpen(app, web, ROUTES.ownUpdateEkey, async ({ parameter, body }) => {
    const [ekey, pass] = [await ekeyById(hub.database, parameter('ekeyId')), body.pass === null ? undefined : bytesIn(body.pass)];
    if (ekey === undefined) return unknown();
    const messages = body.messages.map(bytesIn);
    if (pass === undefined ? !(await beginsWithNews(hub, ekey, messages)) : !passes.admits(ekey.id, pass)) return refuse('key-refused', 'Begin with a new word of the key: link with it again, and pass on what it says first.');
    const updated = await updateEkey(hub, hearing, ekey, messages);
    if (updated.heard) await announceEkey(hub, ekey.id);
    return ok({ messages: updated.messages.map(base64url), more: updated.more, pass: base64url(pass ?? passes.give(ekey.id)) });
  }, web.updates);
  app.get(STREAMS.ekeyJournal, async (context) => {
    const caller = await signedIn(web, context);
    if (!caller.ok) return refused(context, caller.error);
    const ekey = await ekeyById(hub.database, context.req.param('ekeyId'));
    return ekey === undefined ? refused(context, unknown().error) : answerJournal(context, hub, ekey.id, ekey.identityKey);
  });
};

const bytesIn = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');

const unknown = () => refuse('ekey-unknown', 'This site has no such electronic key, or not for you.');

/** Whoever has it; who lost it too, by whom it may hear so. */
const mayUpdate = (caller: OwnerCaller | KeyCaller, { state, person }: StoredEkey): boolean => caller.kind === 'owner' || ((state === 'issued' || state === 'lost') && person?.id === caller.personId);

const answer = async (hub: Hub, id: string) => {
  const ekey = await ekeyById(hub.database, id);
  if (ekey === undefined) return unknown();
  const [told] = await tellEkeys(hub, [ekey]);
  const word = required(await ekeyWord(hub.database, id), 'a key is registered by its word');
  return ok({ ekey: required(told, 'one key is told as one'), custody: await tellCustody(hub, id, MAX_CUSTODY_TOLD), takingBack: [...await takingBack(hub, ekey)], proof: { status: base64url(word.status), enrolment: base64url(ekey.enrolment) } });
};

const done = async (hub: Hub, id: string, act: (ekey: StoredEkey) => Promise<Result<undefined, Refusal>>) => {
  const ekey = await ekeyById(hub.database, id);
  const acted = ekey === undefined ? unknown() : await act(ekey);
  return acted.ok ? answer(hub, id) : acted;
};
