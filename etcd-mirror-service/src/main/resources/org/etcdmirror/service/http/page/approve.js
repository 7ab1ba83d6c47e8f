// Asks for the token and approves a plan. The token stays in this variable, and is nowhere else.
import { setText } from './text.js';

let token = null;

const dialog = document.getElementById('approval');
const form = dialog.querySelector('form');
const field = form.elements.token;

async function post(path, plan) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const response = await fetch(`${path}?plan=${encodeURIComponent(plan)}`, {
    method: 'POST',
    headers,
    signal: AbortSignal.timeout(10000),
  });
  return { code: response.status, text: (await response.text()).trim() };
}

// Approves what the person saw, also if another plan waits by now: then the service refuses it.
export function askForApproval(name, pending, path) {
  setText(dialog.querySelector('.question'), `${name}: ${pending.reason}`);
  setText(dialog.querySelector('.answer'), '');
  field.value = token ?? '';
  dialog.showModal();
  return new Promise((done) => {
    const finish = (answer) => {
      form.onsubmit = null;
      dialog.onclose = null;
      field.value = '';
      dialog.close();
      done(answer);
    };
    form.onsubmit = async (event) => {
      event.preventDefault();
      token = field.value.trim();
      try {
        const answer = await post(path, pending.token);
        if (answer.code === 401) {
          token = null;
          setText(dialog.querySelector('.answer'), answer.text);
        } else {
          finish(answer.text);
        }
      } catch (failure) {
        setText(dialog.querySelector('.answer'), `No answer: ${failure.message}`);
      }
    };
    form.querySelector('.cancel').onclick = () => finish(null);
    dialog.onclose = () => finish(null);
  });
}
