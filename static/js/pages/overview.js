// @ts-check
/** The entry of the overview: the page of the server, kept current. */
import { startPage } from '../view/page.js';
import { keepCurrent } from '../view/refresh.js';

startPage();
keepCurrent();
