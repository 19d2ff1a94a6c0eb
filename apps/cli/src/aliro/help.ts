// What `mortise help aliro` prints; at most 80 columns.

export const ALIRO_HELP = `Usage: mortise aliro device --tcp-listen PORT --config FILE [--timeout S]
       mortise aliro reader --tcp HOST:PORT --config FILE [--timeout S]
       mortise aliro inspect [FILE | - | HEX] [--key NAME=HEX...] [--time TIME]
                             [--full] [--json]

Speaks Aliro 1.0, not certified. docs/ALIRO.md tells more.

device   a user device (a phone's side) on a port of this machine (127.0.0.1)
reader   a reader (a lock's side) that calls a user device
inspect  tells what some bytes are, tag by tag, and which check fails

DEVICE AND READER each serve one transaction. An APDU, command or response with
its status word, is preceded by its length: two bytes, big-endian.

  --tcp-listen PORT    where the device listens (0 takes a free port)
  --tcp HOST:PORT      where the device is
  --config FILE        a vector file, or JSON with an "inputs" object of the
                       same fields; what is missing is made fresh
  --timeout S          how long the peer may take for its next APDU (10 s); the
                       device waits six times as long for a reader to call

"scenario" in FILE chooses: standard, keySlot, fast, loadCert, certInAuth1,
mailbox, stepUp, stepUpSelect. Without it the recorded steps tell, else the
inputs. At the end stands one line of JSON on standard output:
  {"access": "granted"|"denied", "readerStatus": "0101", "reason", "phase"}
readerStatus is tag 97 of the last EXCHANGE, null when there was none. phase is
where it was decided or ended: select, auth0, auth1, fast, standard, stepUp.

Exit code: 0 granted; 3 denied; 1 the connection broke; 2 wrong arguments or
configuration.

INSPECT takes a command or response, an Access or Revocation Document, a
DeviceRequest or DeviceResponse, a reader's or issuer's certificate, or a
recorded transaction as JSON (vectors/aliro), and tells by itself which it is.

  FILE | - | HEX       bytes, hex, PEM or JSON from a file or the standard
                       input, or hex digits right here
  --key NAME=HEX       what the input does not tell: issuer, credential, group
                       (public keys); ExpeditedSKReader, ExpeditedSKDevice,
                       StepUpSKReader, StepUpSKDevice, CryptogramSK, Kpersistent
  --time TIME          the trusted clock, or none; else the file's verifyTime,
                       else this machine's
  --full               long bytes in full
  --json               one JSON object, for programs

Exit code: 0 every check that could be made holds; 1 one fails; 2 wrong
arguments, or the input is none of Aliro's.
`;
