// Controllers in one room of air: who hears whose advertisements, who gets connected, what happens when they move or the weather turns.
// Seeded; on a virtual clock a story is the same each time.

import { Air, FAIR, rssiDbm, type Place, type Weather } from './air.ts';
import type { Clock } from './clock.ts';
import { Controller, type ControllerOptions, type Wish } from './controller.ts';
import { addressName } from './device-address.ts';
import { Link } from './link.ts';
import type { Heard } from './scanner.ts';

export type RadioOptions = {
  readonly clock: Clock;
  /** Any whole number. */
  readonly seed: number;
  readonly weather?: Partial<Weather>;
};

export class Radio {
  readonly #clock: Clock;
  readonly #air: Air;
  readonly #controllers = new Set<Controller>();
  readonly #links = new Set<Link>();

  constructor({ clock, seed, weather }: RadioOptions) {
    this.#clock = clock;
    this.#air = new Air(seed, { ...FAIR, ...weather });
  }

  /** How much there is at this moment. */
  get census(): { readonly controllers: number; readonly links: number; readonly hosts: number } {
    return { controllers: this.#controllers.size, links: this.#links.size, hosts: [...this.#controllers].reduce((sum, { hosts }) => sum + hosts, 0) };
  }

  /** A new controller, powered and silent. */
  controller(options: ControllerOptions): Controller {
    const controller = new Controller(this.#clock, this.#air, options, (advertiser) => { this.#advertise(advertiser); });
    this.#controllers.add(controller);
    return controller;
  }

  /** Takes it out of this room. */
  remove(controller: Controller): void {
    controller.power(false);
    this.#controllers.delete(controller);
  }

  move(controller: Controller, place: Place): void {
    controller.place = place;
    this.#look();
  }

  change(weather: Partial<Weather>): void {
    this.#air.change(weather);
    this.#look();
  }

  /** Ends their connection as interference would: both are told 0x08 now. Whether there was one. */
  cut(a: Controller, b: Controller): boolean {
    const found = [...this.#links].filter((link) => link.connects(a, b));
    for (const link of found) link.cut();
    return found.length > 0;
  }

  #look(): void {
    for (const link of this.#links) link.look();
  }

  #advertise(advertiser: Controller): void {
    for (const listener of this.#controllers) {
      if (listener === advertiser || !listener.powered) continue;
      if (listener.scanner.active) this.#scan(listener, advertiser);
      this.#initiate(listener, advertiser);
    }
  }

  #scan(listener: Controller, advertiser: Controller): void {
    const { scanner, place } = listener;
    const { kind, data, response } = advertiser.advertiser;
    const hears = (): boolean => this.#air.carries(advertiser.place, place);
    if (!hears() || (scanner.share < 1 && this.#air.chance() >= scanner.share)) return;
    const heard = { from: advertiser.address, kind, response: false, data, rssiDbm: rssiDbm(place, advertiser.place) };
    this.#report(listener, heard);
    if (scanner.asks && kind !== 'silent' && this.#air.carries(place, advertiser.place) && hears()) this.#report(listener, { ...heard, response: true, data: response });
  }

  #report(listener: Controller, heard: Heard): void {
    const report = listener.scanner.report(heard);
    if (report !== undefined) listener.tell(report);
  }

  #initiate(central: Controller, peripheral: Controller): void {
    const { wish } = central;
    if (wish === undefined || peripheral.advertiser.kind !== 'connectable' || !peripheral.advertiser.active || peripheral.full) return;
    if (addressName(wish.peer) !== addressName(peripheral.address) || !this.#air.carries(peripheral.place, central.place)) return;
    central.wish = undefined;
    this.#connect(central, peripheral, wish);
  }

  #connect(central: Controller, peripheral: Controller, { timing }: Wish): void {
    const heard = this.#air.carries(central.place, peripheral.place);
    const handles = { central: central.takeHandle(), peripheral: peripheral.takeHandle() };
    const link = new Link({ clock: this.#clock, air: this.#air, timing, parties: { central, peripheral }, handles, heard, ended: (ended) => { this.#links.delete(ended); } });
    this.#links.add(link);
    central.adopt(handles.central, { link, role: 'central' });
    if (!heard) return;
    peripheral.advertiser.enable(false);
    peripheral.adopt(handles.peripheral, { link, role: 'peripheral' });
  }
}
