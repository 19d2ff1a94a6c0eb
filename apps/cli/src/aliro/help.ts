// What `mortise help aliro` prints; at most 80 columns.

export const ALIRO_HELP = `Usage: mortise aliro device --tcp-listen PORT --config FILE [--timeout S]
       mortise aliro reader --tcp HOST:PORT --config FILE [--timeout S]

Speaks Aliro 1.0, not certified. docs/ALIRO.md has the whole story.

device   a user device (a phone's side) on a port of this machine (127.0.0.1)
reader   a reader (a lock's side) that calls a user device

Each serves one transaction. An APDU, command or response with its status word,
is preceded by its length: two bytes, big-endian.

  --tcp-listen PORT    where the device listens (0 takes a free port)
  --tcp HOST:PORT      where the device is
  --config FILE        a vector file, or JSON with an "inputs" object of the same
                       fields; what is missing is made fresh
  --timeout S          how long the peer may take for its next APDU (10 seconds);
                       the device waits six times as long for a reader

"scenario" in FILE chooses: standard, keySlot, fast, loadCert, certInAuth1,
mailbox, stepUp, stepUpSelect. Without it the recorded steps tell, else the
inputs.

At the end stands one line of JSON on standard output:
  {"access": "granted"|"denied", "readerStatus": "0101", "reason", "phase"}
readerStatus is tag 97 of the last EXCHANGE, null when there was none. phase is
where it was decided or ended: select, auth0, auth1, fast, standard, stepUp.

Exit code: 0 granted; 3 denied; 1 the connection broke; 2 wrong arguments or
configuration.
`;
