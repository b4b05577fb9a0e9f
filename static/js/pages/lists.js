// @ts-check
/** The entry of pages that list and filter: findings, search. */
import { startPage } from '../view/page.js';
import { startQueryBoxes } from '../view/query-box.js';

startPage();
startQueryBoxes(document);
