// The Workbench: the virtual lock's body as a page, on this machine only. It shows what stands where, and lends hands: thumb-turn,
// door, battery, jam, the link's plug, the reset button inside. Its port also serves the near link (near-server.ts).

import type { WorkbenchAction, WorkbenchBody } from '@mortise/api/workbench.ts';
import { err, type Result } from '@mortise/base/result.ts';
import { servePage, type ActionError, type Page, type PageError } from '@mortise/device/page-server.ts';
import type { SocketPath } from '@mortise/device/sockets.ts';
import { ACTION_FORMS, parseAction } from './workbench-action.ts';
import type { NearLinks } from './near-links.ts';
import { nearSockets } from './near-server.ts';

export type WorkbenchPorts = {
  readonly read: () => WorkbenchBody;
  /** Calls back after every change; answers how to stop. */
  readonly watch: (watcher: () => void) => () => void;
  readonly act: (action: WorkbenchAction) => Promise<Result<undefined, ActionError>>;
  /** Where the built page lies. */
  readonly pageRoot: string;
  /** Who hears the near link, on the same port. */
  readonly near: NearLinks;
  /** Other sockets on it. */
  readonly sockets?: readonly SocketPath[];
};

export type Workbench = Page;
export type WorkbenchError = PageError;

/** The page of a lock's body. */
export const WORKBENCH_PAGE = 'workbench.html';

/** Serves the Workbench on 127.0.0.1; port 0 takes any free one. */
export const startWorkbench = ({ read, watch, act, pageRoot, near, sockets = [] }: WorkbenchPorts, wantedPort: number): Promise<Result<Workbench, WorkbenchError>> =>
  servePage({
    read, watch, pageRoot, page: WORKBENCH_PAGE, sockets: [nearSockets(near), ...sockets],
    act: (json) => {
      const action = parseAction(json);
      return action === undefined ? Promise.resolve(err(malformed(ACTION_FORMS))) : act(action);
    },
  }, wantedPort);

/** The refusal of what is no action; `forms` says what is one. */
export const malformed = (forms: string): ActionError => ({ code: 'action-malformed', message: `Send one of ${forms}.` });
