// @ts-check
/**
 * Keeps a page without a drawing fresh. The server only hints that the cluster changed; the page
 * then fetches itself anew, without its shell, and takes over what stands in elements with
 * `data-live`. A page that takes long to make is fetched less often; one nobody sees, not at all.
 *
 * @typedef {object} Needs what it needs of the world, so that tests can give their own
 * @property {() => number} now ms
 * @property {(run: () => void, ms: number) => unknown} after
 * @property {() => Promise<void>} fetch fetches the page and takes it over; never rejects
 * @property {() => boolean} isHidden whether nobody sees the page
 */

const LEAST_MS = 500;
/** A page is being fetched for at most this share of the time. */
const SHARE = 1 / 8;

export class Refresher {
  /** @param {Needs} needs */
  constructor(needs) {
    this.needs = needs;
    this.wanted = false;
    this.busy = false;
    this.waiting = false;
    /** not before this moment */
    this.from = 0;
  }

  /** Something changed. */
  ask() {
    this.wanted = true;
    this.go();
  }

  /** Fetches the page if that is due, or when it will be. */
  go() {
    if (!this.wanted || this.busy || this.waiting || this.needs.isHidden()) return;
    const wait = this.from - this.needs.now();
    if (wait > 0) {
      this.waiting = true;
      this.needs.after(() => {
        this.waiting = false;
        this.go();
      }, wait);
    } else this.#fetch();
  }

  async #fetch() {
    this.wanted = false;
    this.busy = true;
    const start = this.needs.now();
    await this.needs.fetch();
    const took = this.needs.now() - start;
    this.from = start + Math.max(LEAST_MS, took / SHARE);
    this.busy = false;
    this.go();
  }
}
