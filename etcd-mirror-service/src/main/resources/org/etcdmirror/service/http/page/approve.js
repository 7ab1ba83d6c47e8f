// Asks for the token and approves a plan. The token stays in this variable, and is nowhere else.
import { setText } from './text.js';

let token = null;

const dialog = document.getElementById('approval');
const form = dialog.querySelector('form');
const field = form.elements.token;

// Ends the question that is open.
let end = () => {};

// The event comes a frame later, when the next question may be open already.
dialog.addEventListener('close', () => {
  if (!dialog.open) {
    end(null);
  }
});
form.querySelector('.cancel').addEventListener('click', () => end(null));

// The code is null if there was no answer.
async function post(path, plan) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  try {
    const response = await fetch(`${path}?plan=${encodeURIComponent(plan)}`, {
      method: 'POST',
      headers,
      signal: AbortSignal.timeout(10000),
    });
    return { code: response.status, text: (await response.text()).trim() };
  } catch (failure) {
    return { code: null, text: `No answer: ${failure.message}` };
  }
}

// Approves what the person saw, also if another plan waits by now: then the service refuses it.
export function askForApproval(name, pending, path) {
  end(null);
  setText(dialog.querySelector('.question'), `${name}: ${pending.reason}`);
  setText(dialog.querySelector('.answer'), '');
  field.value = token ?? '';
  dialog.showModal();
  return new Promise((done) => {
    const finish = (answer) => {
      end = () => {};
      form.onsubmit = null;
      field.value = '';
      dialog.close();
      done(answer);
    };
    end = finish;
    form.onsubmit = async (event) => {
      event.preventDefault();
      token = field.value.trim();
      const answer = await post(path, pending.token);
      if (answer.code === 401) {
        token = null;
      }
      // An answer that comes after the question was ended belongs to no dialog.
      if (end !== finish) {
        return;
      }
      if (answer.code === null || answer.code === 401) {
        setText(dialog.querySelector('.answer'), answer.text);
      } else {
        finish(answer.text);
      }
    };
  });
}
