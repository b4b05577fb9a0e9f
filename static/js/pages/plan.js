// @ts-check
/**
 * The entry of the plan pages: the editor (loaded with its language only here), files dropped into
 * it, the drawings of a plan and its tabs.
 */
import '../graph/diagram.js';
import { gettext } from '../state/words.js';
import { Combobox } from '../view/combobox.js';
import { startButtons, startCopies, startHeight } from '../view/drawing-page.js';
import { startPage } from '../view/page.js';
import { cycleTab, startTabs } from '../view/tabs.js';
import { toast } from '../view/toast.js';

/** @typedef {import('../graph/diagram.js').NvDiagram} NvDiagram */
/** @typedef {{append: (text: string) => void, goTo: (line: number) => void}} Editor */

/** Bytes of one dropped file; the server says what a whole plan may have. */
const LARGEST_FILE = 1024 * 1024;

/** @param {string} selector @returns {HTMLElement|null} */
const find = (selector) => document.querySelector(selector);

/** The text area alone, where the editor cannot be loaded.
 * @param {HTMLTextAreaElement} area @returns {Editor} */
const plainEditor = (area) => ({
  append: (text) => {
    area.value = area.value.trim() ? `${area.value.trimEnd()}\n---\n${text}` : text;
  },
  goTo: (line) => {
    const before = area.value
      .split('\n')
      .slice(0, line - 1)
      .join('\n').length;
    area.focus();
    area.setSelectionRange(before, before);
  },
});

/** @returns {Promise<Editor|null>} */
async function startEditing() {
  const host = find('[data-editor]');
  const area = /** @type {HTMLTextAreaElement|null} */ (host?.querySelector('textarea') ?? null);
  if (!host || !area) return null;
  try {
    const { startEditor } = await import('../view/yaml-editor.js');
    return startEditor(area, host);
  } catch {
    return plainEditor(area);
  }
}

/** Lets files be dropped or chosen into the editor.
 * @param {Editor} editor */
function startFiles(editor) {
  const form = find('[data-drop]');
  const input = /** @type {HTMLInputElement|null} */ (form?.querySelector('input[type="file"]'));
  if (!form) return;
  const take = async (/** @type {Iterable<File>} */ files) => {
    for (const file of files) {
      if (file.size > LARGEST_FILE) {
        toast(gettext('%(name)s is too large for a plan.', { name: file.name }));
        continue;
      }
      editor.append(`# Source: ${file.name}\n${(await file.text()).trim()}\n`);
    }
  };
  input?.addEventListener('change', async () => {
    await take(input.files ?? []);
    input.value = '';
  });
  for (const type of ['dragenter', 'dragover'])
    form.addEventListener(
      type,
      (event) => {
        if (!(/** @type {DragEvent} */ (event).dataTransfer?.types.includes('Files'))) return;
        event.preventDefault();
        form.classList.add('is-over');
      },
      true,
    );
  for (const type of ['dragleave', 'drop'])
    form.addEventListener(type, () => form.classList.remove('is-over'));
  form.addEventListener(
    'drop',
    (event) => {
      const files = /** @type {DragEvent} */ (event).dataTransfer?.files;
      if (!files?.length) return;
      event.preventDefault();
      event.stopPropagation();
      form.classList.remove('is-over');
      take(files);
    },
    true,
  );
}

/** Says that the server works, which takes seconds for a large cluster; once is enough. */
function startWaiting() {
  const form = /** @type {HTMLFormElement|null} */ (find('#planform'));
  const button = /** @type {HTMLButtonElement|null} */ (
    form?.querySelector('button[value="plan"]') ?? null
  );
  const label = button?.lastChild;
  if (!form || !button || !label) return;
  const text = label.textContent;
  const wait = (/** @type {boolean} */ isOn) => {
    label.textContent = isOn ? gettext('Comparing before and after…') : text;
    button.setAttribute('aria-busy', String(isOn));
    button.disabled = isOn;
  };
  form.addEventListener('submit', (event) => {
    if (event.submitter === button) setTimeout(() => wait(true));
  });
  window.addEventListener('pageshow', () => wait(false));
}

/** Keeps the tab in the address, and fits a drawing when it is first seen. */
function startForms() {
  startTabs(document);
  document.addEventListener('nv:tab', (event) => {
    const { view } = /** @type {CustomEvent} */ (event).detail;
    if (!view) return;
    const url = new URL(location.href);
    url.searchParams.set('tab', view);
    history.replaceState(null, '', url);
  });
  return find('[role="tab"][data-view]')?.closest('[role="tablist"]') ?? null;
}

const drawings = /** @type {NvDiagram[]} */ ([...document.querySelectorAll('nv-diagram')]);
const forms = startForms();
startCopies();
startWaiting();
for (const box of document.querySelectorAll('[data-combo]'))
  new Combobox(/** @type {HTMLElement} */ (box));

const [overlay] = drawings;
if (overlay) {
  startButtons(overlay);
  startHeight(overlay, 680);
}
for (const drawing of drawings) {
  drawing.querySelector('details.legend')?.removeAttribute('open');
  drawing.addEventListener('nv:trace', (event) => {
    const { id } = /** @type {CustomEvent} */ (event).detail;
    const card = id.replace(/#(from|to)$/, '');
    if (overlay?.dataset.trace)
      location.assign(overlay.dataset.trace.replace('ID', encodeURIComponent(card)));
  });
}
startPage(
  { v: () => cycleTab(forms) },
  (event) => drawings.find((drawing) => drawing.offsetParent)?.key(event) ?? false,
);

startEditing().then((editor) => {
  if (!editor) return;
  startFiles(editor);
  for (const link of document.querySelectorAll('a[data-line]'))
    link.addEventListener('click', (event) => {
      event.preventDefault();
      find('#edit')?.scrollIntoView({ block: 'start' });
      editor.goTo(Number(/** @type {HTMLElement} */ (link).dataset.line));
    });
});
