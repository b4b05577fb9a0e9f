// @ts-check
/** Printing: paper gets the whole drawing, not the part that is looked at, in the light theme. */

/** @param {import('./diagram.js').NvDiagram} view */
export function startPaper(view) {
  const { dataset } = document.documentElement;
  /** @type {string|undefined} */
  let theme;
  addEventListener('beforeprint', () => {
    theme = dataset.theme;
    dataset.theme = 'light';
    view.canvas?.paper(true);
  });
  addEventListener('afterprint', () => {
    if (theme) dataset.theme = theme;
    else delete dataset.theme;
    view.canvas?.paper(false);
  });
}
