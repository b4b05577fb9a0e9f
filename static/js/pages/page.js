// @ts-check
/** The entry of pages without a drawing: menus, theme, keys, search, the rail on narrow screens. */
import { startPage } from '../view/page.js';

startPage();
