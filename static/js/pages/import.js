// @ts-check
/** The entry of the import pages: a drop zone before, progress while one runs. */

import { startDrop } from '../view/drop.js';
import { followImport } from '../view/import-status.js';
import { startPage } from '../view/page.js';

startPage();
const zone = document.querySelector('[data-drop]');
if (zone instanceof HTMLElement) startDrop(zone);
const running = document.querySelector('[data-import="active"]');
if (running instanceof HTMLElement) followImport(running);
