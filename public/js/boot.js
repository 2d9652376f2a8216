/* Attaches each behaviour to the elements that name it. Every page works without this file. */
import copy from './copy.js';
import count from './count.js';
import drop from './drop.js';
import formPreview from './form-preview.js';
import hearing from './hearing.js';
import keyboard from './keyboard.js';
import keys from './keys.js';
import liveSearch from './live-search.js';
import menu from './menu.js';
import message from './message.js';
import palette from './palette.js';
import poll from './poll.js';
import reveal from './reveal.js';
import selection from './selection.js';
import submitOnce from './submit-once.js';
import suggest from './suggest.js';
import theme from './theme.js';
import tickAll from './tick-all.js';
import unsent from './unsent.js';

const behaviours = {
  copy,
  count,
  drop,
  hearing,
  'form-preview': formPreview,
  keys,
  'live-search': liveSearch,
  menu,
  message,
  palette,
  poll,
  reveal,
  selection,
  'submit-once': submitOnce,
  suggest,
  theme,
  'tick-all': tickAll,
};

/** @param {ParentNode} root a part of the page whose elements are new */
export function attach(root) {
  for (const element of root.querySelectorAll('[data-behaviour]')) {
    for (const name of element.dataset.behaviour.split(' ')) behaviours[name]?.(element, attach);
  }
}

document.documentElement.classList.add('scripted');
attach(document);
unsent();
keyboard();
