// A phone's page or a station at a key's update socket: what the key says goes to the hub, what the hub answers goes to the key, until neither has
// anything more to say.

import { once } from 'node:events';
import { WebSocket } from 'ws';
import { ekeyUpdateAnswer, MAX_KEY_MESSAGES } from '@mortise/api/ekeys.ts';
import { assert, required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { decodeFromKey, type FromKeyType } from '@mortise/courier/key-message.ts';
import { encodeSerialFrame, hearSerial, IDLE_LINE } from '@mortise/courier/serial-frame.ts';
import { codeOf, type Browser } from '../../apps/hub/src/testing/hub.fixture.ts';
import { parsed } from '../../apps/hub/src/testing/owner.fixture.ts';

/** So long silent, the key has nothing more to say. */
const QUIET_MS = 250;
const MAX_ROUNDS = 60;

export class UpdateLink {
  readonly said: Bytes[] = [];
  readonly socket: WebSocket;
  #heardAt = performance.now();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    let line = IDLE_LINE;
    socket.on('message', (data) => {
      const heard = hearSerial(line, Buffer.isBuffer(data) ? new Uint8Array(data) : new Uint8Array());
      line = heard.line;
      this.said.push(...heard.messages);
      this.#heardAt = performance.now();
    });
  }

  static async connect(address: string, headers: Readonly<Record<string, string>> = {}): Promise<UpdateLink> {
    const socket = new WebSocket(address, { headers, perMessageDeflate: false });
    const link = new UpdateLink(socket);
    await once(socket, 'open');
    return link;
  }

  say(message: Bytes): void {
    this.socket.send(encodeSerialFrame(message));
  }

  async quiet(): Promise<void> {
    this.#heardAt = performance.now();
    while (performance.now() - this.#heardAt < QUIET_MS) await new Promise((resolve) => { setTimeout(resolve, 20); });
  }

  /** The body of the last message of this type. */
  last(type: FromKeyType): Bytes {
    return required(this.said.map(decodeFromKey).findLast((message) => message?.type === type), `the key said ${type}`).body;
  }

  end(): void {
    this.socket.terminate();
  }
}

/** The key's signed word about itself. */
export const statusOver = async (address: string): Promise<Bytes> => {
  const link = await UpdateLink.connect(address);
  await link.quiet();
  link.end();
  return link.last('key-status');
};

/** A whole update by whoever this browser is; answers the codes with which the key refused something. */
export const updateOver = async (address: string, keyId: string, browser: Browser): Promise<void> => {
  const link = await UpdateLink.connect(address);
  await link.quiet();
  for (let rounds = 0; link.said.length > 0; rounds += 1) {
    assert(rounds < MAX_ROUNDS, 'an update ends');
    const reply = await browser.send('POST', `/api/ekeys/${keyId}/update`, { messages: link.said.splice(0, MAX_KEY_MESSAGES).map(base64url) });
    assert(reply.status === 200, `the hub takes it: ${codeOf(reply)}`);
    for (const message of parsed(ekeyUpdateAnswer, reply).messages) link.say(required(fromBase64url(message), 'bytes'));
    await link.quiet();
  }
  link.end();
};
