// What a stranger must know before writing a client, in a few paragraphs of CommonMark. It opens the OpenAPI document and
// docs/API.md; the figures come from the code that holds to them, or a test compares them.

import { MAX_PAGE, PING_MS } from './activity.ts';
import { CLOSE } from './error.ts';
import { MAX_BODY_BYTES } from './fields.ts';
import { MAX_FRAME_BYTES } from './routes.ts';

export type Section = { readonly title: string; readonly text: string };

export const GUIDE: readonly Section[] = [
  {
    title: 'Begin',
    text: `With the hub running (\`npm start\`), and nobody signed in:

\`\`\`sh
curl http://localhost:8400/api/health
\`\`\`

\`\`\`json
{"version":"0.1.0","claimed":true,"siteId":"AAAAAAAAAAAAAAAAAAAAAA","siteName":"Home"}
\`\`\`

\`/api/openapi.json\` is the same description for machines (OpenAPI 3.1). The hub relays and keeps; it holds no key that opens a door.
Whoever opens one speaks Aliro with the lock through the relay socket, with a phone key that stands in the lock’s roster.`,
  },
  {
    title: 'Requests and answers',
    text: `Bodies and answers are JSON, a body of at most ${MAX_BODY_BYTES} bytes. An answer may hold fields beyond those listed: ignore them. A body or query that
does is refused with \`input-invalid\`, and the message names the field: nothing that you send is passed over.

- **Bytes** are base64url without padding (RFC 4648 §5), in their one written form. Identifiers have 16 bytes, keys are uncompressed P-256 points (65 bytes, the first is 04).
- **Instants** are whole milliseconds since 1970, UTC.
- **Signed documents** are COSE_Sign1 (RFC 9052, ES256); \`packages/documents\` makes and checks them.
- **Null** stands where something is not known or not there; a field may be left out only where it is marked \`?\`.`,
  },
  {
    title: 'Host, Origin, and sign-in',
    text: `The hub answers only to the host names of \`MORTISE_ORIGIN\`. Every request but GET, and every WebSocket, carries the header \`Origin\` with
that origin, such as \`http://localhost:8400\`; a browser on the hub’s own pages does so by itself. There is no CORS: pages of other
origins are refused.

Signing in sets a cookie, \`HttpOnly\` and \`SameSite=Strict\`, for 30 days. Send it with each request that wants a session. Its name is
\`mortise-\` and the origin’s port, without the dash and port at a standard port, and begins with \`__Host-\` over HTTPS: keep a cookie
jar rather than the name. There are two ways in, each with one *ceremony*, which lasts five minutes and serves once:

- **Passkey** (browsers): \`POST /api/sign-in/options\`, give \`options\` to WebAuthn, \`POST /api/sign-in\`. Take the PRF results off the response before sending it: they wrap owner keys, and the hub refuses a body that holds them.
- **Owner key** (programs, and the recovery kit): \`POST /api/sign-in/kit/challenge\`, sign, \`POST /api/sign-in/kit\`. What you send as \`signed\` is a COSE_Sign1 with the protected header \`{1: -7, 4: kid, 16: "application/x.mortise-sign-in", "version": 1}\`, where \`kid\` is the first 8 bytes of SHA-256 of the public key, and the payload \`{"nonce": bytes, "origin": text}\`, in deterministic CBOR, untagged, with an empty unprotected header. Sign the origin that you reach the hub by, not one that you were told. As code: \`packages/wallet/src/sign-in.ts\`.

A **lent key** (a guest's) has a session of its own beside these: \`POST /api/keys/challenge\`, sign with the credential's key as an owner key signs,
\`POST /api/keys/sign-in\`. Its cookie is \`mortise-key\` in the place of \`mortise\`, lasts a day, and reaches what the tables mark “key”, for
its own grants: nothing else is there for it, and an owner's session does not reach what is a key's.

\`\`\`sh
curl -c jar -H 'Origin: http://localhost:8400' -H 'Content-Type: application/json' -d '{}' http://localhost:8400/api/sign-in/kit/challenge
\`\`\``,
  },
  {
    title: 'Errors',
    text: `A refusal has the status of its code and the body \`{"error":{"code":"…","message":"…"}}\`. Decide by \`code\`; \`message\` says in a sentence
what to do and may be shown to people. Any route may answer \`host-refused\` and \`internal\`; those that want a session
\`sign-in-required\`; those that take a body \`origin-refused\`, \`input-invalid\` and \`too-large\`, and without a session also
\`too-many-requests\` (60 at once for each address and route, then 60 a minute; the address is the
socket’s, or what a proxy of \`MORTISE_TRUST_PROXY\` says in \`X-Forwarded-For\`). A path that holds a \`lockId\` or \`doorId\` may answer
\`lock-unknown\` or \`door-unknown\`. The tables name what a route may answer besides.`,
  },
  {
    title: 'Paging',
    text: `\`GET /api/activity\` answers at most \`limit\` items (50; up to ${MAX_PAGE}), newest first. Ask again with \`before\` set to the page’s \`next\` until
\`next\` is null. The order is the hub’s order of arrival, so a page stays what it was while new records come in.`,
  },
  {
    title: 'Live events',
    text: `\`GET /api/events\` is a stream of server-sent events. First come a \`state\` for each door and one \`waiting\`, then what happens. Only
\`record\` has an \`id\`, its cursor: reconnect with \`Last-Event-ID\` (a browser’s EventSource does) or \`?after=\` and the records since come
first, none twice; without either, only those to come. A \`ping\` comes every ${PING_MS / 1000} seconds: longer silence
means that the hub, or the way to it, is gone. Who reads too slowly is cut off and resumes; signing out ends the stream.`,
  },
  {
    title: 'WebSockets',
    text: `One socket is one session with one lock. Frames are binary, at most ${MAX_FRAME_BYTES} bytes, and go through unaltered; on the way to the lock they
expire after 10 seconds. A socket that may not open is refused by HTTP, as above. Afterwards it closes with ${CLOSE.frameRefused} (a frame was not
binary, or too many came), ${CLOSE.lockOffline} (the lock is not there, or not fit for this) or ${CLOSE.sessionEnded} (signed out, a minute without a frame, or too many sessions
with this lock); the reason is a code or empty.`,
  },
];
