// @ts-check
/** A drop zone around a file input: dropped files become the input's files, and are listed. */
import { gettext } from '../state/words.js';
import { html } from './icon.js';

const SHOWN = 6;

/** @param {HTMLElement} zone holds `input[type=file]` and `[data-files]` */
export function startDrop(zone) {
  const input = zone.querySelector('input[type="file"]');
  const list = zone.querySelector('[data-files]');
  if (!(input instanceof HTMLInputElement)) return;
  const show = () => {
    const files = [...(input.files ?? [])];
    const rows = files
      .slice(0, SHOWN)
      .map((file) => html('li', '', `${file.name}, ${sizeOf(file.size)}`));
    if (files.length > SHOWN)
      rows.push(html('li', '', gettext('… %(count)s more', { count: files.length - SHOWN })));
    list?.replaceChildren(...rows);
  };
  input.addEventListener('change', show);
  for (const type of ['dragenter', 'dragover'])
    zone.addEventListener(type, (event) => {
      event.preventDefault();
      zone.classList.add('is-over');
    });
  for (const type of ['dragleave', 'drop'])
    zone.addEventListener(type, () => zone.classList.remove('is-over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    const { dataTransfer } = /** @type {DragEvent} */ (event);
    if (!dataTransfer?.files.length) return;
    input.files = dataTransfer.files;
    show();
  });
}

/** A size for people. @param {number} bytes */
export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KB', 'MB', 'GB'];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}
