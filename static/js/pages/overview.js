// @ts-check
/** The entry of the overview: whoever is here for the first time is shown around. */
import { startPage } from '../view/page.js';
import { offerTour } from '../view/tour.js';

startPage();
offerTour();
