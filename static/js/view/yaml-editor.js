// @ts-check
/**
 * A text area as a YAML editor. Loaded when a page has such a text area and scripts; the text area
 * stays the form's field. The editor lives in a shadow tree, where its style sheets are adopted:
 * the page's policy allows no inline style.
 */
import { yaml } from '@codemirror/lang-yaml';
import { basicSetup, EditorView } from 'codemirror';

const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'transparent', fontSize: '12.5px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-gutters': {
    backgroundColor: 'var(--surface-2)',
    color: 'var(--muted)',
    border: '0',
    borderRight: '1px solid var(--line-soft)',
  },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in srgb, var(--service) 7%, transparent)',
  },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'color-mix(in srgb, var(--service) 22%, transparent) !important',
  },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-panels': { backgroundColor: 'var(--surface-2)', color: 'var(--text)' },
  '.ͼb, .ͼc, .ͼl, .ͼi': { color: 'var(--service)' },
  '.ͼe, .ͼd': { color: 'var(--pod)' },
  '.ͼm': { color: 'var(--muted)' },
});

/**
 * @param {HTMLTextAreaElement} area @param {HTMLElement} host takes the editor
 * @returns {{append: (text: string) => void, goTo: (line: number) => void, text: () => string}}
 */
export function startEditor(area, host) {
  const box = document.createElement('div');
  box.className = 'planform__cm';
  host.append(box);
  const root = box.attachShadow({ mode: 'open' });
  const view = new EditorView({
    doc: area.value,
    parent: root,
    root,
    extensions: [
      basicSetup,
      yaml(),
      theme,
      EditorView.contentAttributes.of({
        'aria-label': document.querySelector(`label[for="${area.id}"]`)?.textContent ?? 'YAML',
        'aria-multiline': 'true',
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) area.value = update.state.doc.toString();
      }),
    ],
  });
  area.hidden = true;
  document.querySelector(`label[for="${area.id}"]`)?.addEventListener('click', (event) => {
    event.preventDefault();
    view.focus();
  });
  return {
    append: (text) => {
      const end = view.state.doc.length;
      const lead = view.state.doc.toString().trim() ? '\n---\n' : '';
      view.dispatch({
        changes: { from: lead ? end : 0, to: end, insert: `${lead}${text}` },
        selection: { anchor: (lead ? end : 0) + lead.length },
        scrollIntoView: true,
      });
    },
    goTo: (line) => {
      const at = view.state.doc.line(Math.max(1, Math.min(view.state.doc.lines, line)));
      view.dispatch({
        selection: { anchor: at.from },
        effects: EditorView.scrollIntoView(at.from, { y: 'center' }),
      });
      view.focus();
    },
    text: () => view.state.doc.toString(),
  };
}
