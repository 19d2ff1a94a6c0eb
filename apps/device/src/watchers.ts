// Who shows a device is told after everything that may have changed what is shown.

export class Watchers {
  readonly #all = new Set<() => void>();

  /** Calls `watcher` at each `changed`, until what is answered is called. */
  watch(watcher: () => void): () => void {
    this.#all.add(watcher);
    return () => this.#all.delete(watcher);
  }

  changed(): void {
    for (const watcher of this.#all) watcher();
  }
}
