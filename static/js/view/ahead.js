// @ts-check
/**
 * What the actions of a diagram's page need, loaded together once the page is idle: nothing is
 * waited for when it is asked for, and it is there when the server is away.
 */
import './drawing-commands.js';
import './drills.js';
import './hiding.js';
import './key-sheet.js';
import './match-banner.js';
import './query-box.js';
import './time-slider.js';
import '../graph/download.js';

export { startPaper } from '../graph/paper.js';
