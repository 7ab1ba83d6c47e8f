// Asks for the links once a second and shows them.
import { LinkView } from './link.js';
import { look, needsAttention } from './states.js';
import { setText } from './text.js';

const PAUSE = 1000;
const PATIENCE = 5000;

const views = new Map();
const main = document.getElementById('links');
const connection = document.getElementById('connection');
const attention = document.getElementById('attention');
const refused = document.getElementById('refused');
let servesLinks = true;
let answeredAt = null;

async function read(path) {
  return fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
}

async function readJson(response) {
  if (!response.ok) {
    throw new Error(`the service answers ${response.status}`);
  }
  return response.json();
}

// A service of one link may have no page of links.
async function links() {
  if (servesLinks) {
    const response = await read('links');
    if (response.status !== 404) {
      const process = await readJson(response);
      showRefused(process.reloadError);
      return process.links;
    }
    servesLinks = false;
  }
  const status = await readJson(await read('status'));
  return [{ name: status.link, state: status.state, ready: status.caughtUp, status }];
}

// Of a service of one link, the actions have no name before them.
function actionsOf(link) {
  return servesLinks ? `links/${encodeURIComponent(link.name)}/` : '';
}

function show(all) {
  const names = new Set(all.map((link) => link.name));
  for (const [name, view] of views) {
    if (!names.has(name)) {
      view.element.remove();
      views.delete(name);
    }
  }
  for (const link of all) {
    let view = views.get(link.name);
    if (!view) {
      view = new LinkView(link.name, actionsOf(link));
      views.set(link.name, view);
      main.append(view.element);
    }
    view.show(link);
  }
  showAttention(all);
}

function showAttention(all) {
  const urgent = all.filter(needsAttention);
  const text = urgent.map((link) => `${link.name} (${look(link).word})`).join(', ');
  attention.hidden = urgent.length === 0 || all.length === 1;
  attention.textContent = `Needs attention: ${text}`;
  document.title =
    all.length === 1
      ? `${look(all[0]).word} – ${all[0].name} – etcd-mirror`
      : `${urgent.length} of ${all.length} need attention – etcd-mirror`;
}

function showRefused(error) {
  refused.hidden = !error;
  setText(refused, error ? `The changed configuration was refused, and nothing was changed: ${error}` : '');
}

function showConnection(failure) {
  document.body.classList.toggle('stale', failure !== null);
  if (failure === null) {
    connection.textContent = `${views.size === 1 ? '1 link' : `${views.size} links`}, updated each second`;
  } else {
    const since = answeredAt === null ? '' : ` Below is what it said at ${answeredAt.toLocaleTimeString()}.`;
    connection.textContent = `No answer: ${failure.message}.${since}`;
    document.title = 'no answer – etcd-mirror';
  }
}

async function poll() {
  try {
    show(await links());
    answeredAt = new Date();
    showConnection(null);
  } catch (failure) {
    showConnection(failure);
  }
  setTimeout(poll, PAUSE);
}

poll();
