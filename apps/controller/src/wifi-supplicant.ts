// Wi-Fi by wpa_supplicant, as on most Linux boards: its configuration file is replaced durably, readable by its owner only, and wpa_cli has it read
// anew (`wpa_cli -i IF reconfigure`). The passphrase stands in that file and nowhere else: not on a command line, where every user of the
// machine could read it, and in no log. The same settings again leave the file and the radio alone, as each start says them.
// File format: wpa_supplicant.conf(5). WPA2 and WPA3 personal, and open networks.

import { execFile } from 'node:child_process';
import { equalBytes, fromUtf8, hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Wifi } from '@mortise/documents/network-settings.ts';
import { readBounded, writeDurably } from '@mortise/node/durable-file.ts';
import type { WifiError, WifiPort } from './wifi.ts';

/** `interface`: such as wlan0; `file`: the configuration that wpa_supplicant was started with; `command`: wpa_cli, or its path. */
export type Supplicant = { readonly interface: string; readonly file: string; readonly command: string };

/** How long wpa_cli may take to be heard. */
const COMMAND_MS = 10_000;

/** Errors: `wifi-file`, the file cannot be written; `wifi-command`, wpa_cli is not there, failed, or was not answered OK. */
export const supplicantWifi = ({ interface: name, file, command }: Supplicant): WifiPort => {
  let isRead = true;
  return {
    join: async (wifi) => {
      const wanted = configurationOf(wifi);
      const held = readBounded(file);
      if (isRead && held.ok && equalBytes(held.value, wanted)) return ok(undefined);
      isRead = false;
      if (!writeDurably(file, wanted).ok) return err({ code: 'wifi-file' });
      const reading = await reread(command, name);
      isRead = reading.ok;
      return reading;
    },
  };
};

/** The whole file. An SSID goes as hex, so that no character of it is read as anything else; a passphrase in quotes ends at the last of its line. */
export const configurationOf = ({ ssid, passphrase }: Wifi): Bytes => {
  const security = passphrase === undefined
    ? ['\tkey_mgmt=NONE']
    : [`\tpsk="${fromUtf8(passphrase.reveal())}"`, '\tkey_mgmt=WPA-PSK WPA-PSK-SHA256 SAE', '\tieee80211w=1'];
  return utf8(['ctrl_interface=/run/wpa_supplicant', 'network={', `\tssid=${hex(utf8(ssid))}`, ...security, '}', ''].join('\n'));
};

const reread = (command: string, name: string): Promise<Result<undefined, WifiError>> =>
  new Promise((resolve) => {
    execFile(command, ['-i', name, 'reconfigure'], { timeout: COMMAND_MS }, (error, said) => {
      resolve(error === null && said.trim().endsWith('OK') ? ok(undefined) : err({ code: 'wifi-command' }));
    });
  });
