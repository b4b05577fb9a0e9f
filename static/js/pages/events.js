// @ts-check
/** The entry of the events page. */
import { EventList } from '../view/event-list.js';
import { startPage } from '../view/page.js';
import { startQueryBoxes } from '../view/query-box.js';

const table = document.querySelector('[data-nv="events"]');
const list = table instanceof HTMLTableElement ? new EventList(table) : null;
startPage(list ? { p: () => list.toggle() } : {});
startQueryBoxes(document);
