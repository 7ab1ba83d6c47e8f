// One link on the page.
import { askForApproval } from './approve.js';
import { Plot } from './plot.js';
import { look } from './states.js';
import { ago, count, duration, instant, setItems, setPairs, setText } from './text.js';

const MOST_KEYS = 10;
const LEVEL_STATES = new Set(['following']);

// Only a service that shows values tells them.
function values(difference) {
  const sides = ['source', 'sink'].filter((side) => side in difference);
  return sides.length === 0 ? '' : `: ${sides.map((side) => `${side} '${difference[side]}'`).join(', ')}`;
}

export class LinkView {
  constructor(name, actions) {
    this.name = name;
    this.actions = actions;
    const template = document.getElementById('link');
    this.element = template.content.firstElementChild.cloneNode(true);
    this.part('h2').textContent = name;
    this.lag = new Plot(this.part('.lag'), 'Events behind');
    this.headroom = new Plot(this.part('.headroom'), 'Events of history left');
    this.gapsShown = '';
    this.part('.pending button').addEventListener('click', () => this.approve());
  }

  part(selector) {
    return this.element.querySelector(selector);
  }

  show(link) {
    this.showState(link);
    const status = link.status;
    if (status) {
      this.showRole(status);
      this.showReason(link, status);
      this.showPending(status.pending);
      this.showTask(status.resync ?? status.comparison);
      this.showNumbers(status);
      this.lag.add(status.lagEvents);
      this.headroom.add(status.headroom?.events ?? null);
      this.showVerification(status.lastVerify);
      this.showGaps(status.gapRecords ?? []);
    }
  }

  showState(link) {
    const { word, shape, tone } = look(link);
    this.element.dataset.tone = tone;
    this.part('.state path').setAttribute('d', shape);
    setText(this.part('.word'), word);
    const level = link.status?.caughtUp ? 'level with the source' : 'not level with the source';
    setText(this.part('.level'), LEVEL_STATES.has(word) || link.status?.caughtUp ? level : '');
  }

  showRole(status) {
    const leader = status.leader ? `, the leader is ${status.leader}` : '';
    setText(this.part('.role'), status.role ? `role: ${status.role}${leader}` : '');
  }

  showReason(link, status) {
    // A standby that can take over has overcome it, too.
    const isOver = link.ready || ['FOLLOWING', 'BLOCKED', 'PAUSED'].includes(link.state);
    const error = status.lastError;
    const when = status.lastErrorAt ? `, ${instant(status.lastErrorAt)}` : '';
    const loop = status.resyncLoop
      ? `Resyncs repeat: ${status.resyncLoop.resyncs} for ${status.resyncLoop.reason}`
      : '';
    setText(this.part('.reason'), error && !isOver ? `${error}${when}` : loop);
  }

  showPending(pending) {
    const section = this.part('.pending');
    this.pending = pending;
    section.hidden = !pending;
    if (!pending) {
      return;
    }
    setText(section.querySelector('.question'), `${pending.reason} (${ago(pending.since)})`);
    const plan = pending.plan;
    setPairs(section.querySelector('.plan'), plan
      ? [
          ['would write', count(plan.writes)],
          ['of these over other values', count(plan.overwrites)],
          ['would delete', count(plan.deletes)],
          ['in the source', count(plan.sourceEntries)],
          ['in the sink', count(plan.sinkEntries)],
        ]
      : []);
    const shown = new Map((plan?.differences ?? []).map((one) => [one.key, values(one)]));
    const keys = plan
      ? [
          ...plan.deleteSamples.slice(0, MOST_KEYS).map((key) => `delete ${key}${shown.get(key) ?? ''}`),
          ...plan.writeSamples.slice(0, MOST_KEYS).map((key) => `write ${key}${shown.get(key) ?? ''}`),
        ]
      : [];
    section.querySelector('.keys').hidden = keys.length === 0;
    setItems(section.querySelector('.keys ul'), keys);
  }

  async approve() {
    const answer = await askForApproval(this.name, this.pending, `${this.actions}approve`);
    if (answer !== null) {
      setText(this.part('.pending .answer'), answer);
    }
  }

  showTask(task) {
    const section = this.part('.task');
    section.hidden = !task;
    if (!task) {
      return;
    }
    const words = { LOOK: 'Looking', COPY: 'Copying', DELETE: 'Deleting', COMPARE: 'Comparing' };
    setText(section.querySelector('h3'), words[task.step] ?? task.step);
    const bar = section.querySelector('progress');
    bar.setAttribute('aria-label', words[task.step] ?? task.step);
    if (task.expected > 0) {
      bar.max = task.expected;
      bar.value = task.done;
    } else {
      bar.removeAttribute('value');
    }
    const of = task.expected > 0 ? ` of ${count(task.expected)}` : '';
    const rate = task.perSecond > 0 ? `, ${count(Math.round(task.perSecond))} a second` : '';
    const left = task.secondsLeft === null ? '' : `, ${duration(task.secondsLeft)} left`;
    const effect = task.step === 'COMPARE' ? '' : `; ${count(task.written)} written, ${count(task.deleted)} deleted`;
    setText(section.querySelector('p'), `${count(task.done)}${of} entries${rate}${left}${effect}`);
  }

  showNumbers(status) {
    const seconds = status.headroom?.seconds;
    const lasts = seconds === null || seconds === undefined ? '' : `, about ${duration(seconds)}`;
    setPairs(this.part('.numbers'), [
      ['sink index', count(status.index)],
      ['source index', count(status.sourceIndex)],
      ['events behind', count(status.lagEvents)],
      ['history left', status.headroom ? `${count(status.headroom.events)} events${lasts}` : 'not known'],
      ['last level', status.secondsSinceCaughtUp === null ? 'never' : `${duration(status.secondsSinceCaughtUp)} ago`],
      ['events applied', count(status.eventsApplied)],
      ['failures retried', count(status.retries)],
    ]);
  }

  showVerification(report) {
    const section = this.part('.verification');
    const text = report
      ? `${report.equal ? 'equal' : 'NOT equal'} at index ${count(report.index)}, ${instant(report.at)}: ` +
        `${count(report.compared)} compared, ${count(report.missing)} missing, ${count(report.different)} different, ` +
        `${count(report.extra)} extra, ${count(report.unsettled)} unsettled`
      : 'None in this run.';
    setText(section.querySelector('p'), text);
    const samples = report ? report.samples.map((one) => `${one.kind} ${one.key}${values(one)}`) : [];
    section.querySelector('.keys').hidden = samples.length === 0;
    setItems(section.querySelector('.keys ul'), samples.slice(0, MOST_KEYS));
  }

  showGaps(gaps) {
    const shown = JSON.stringify(gaps);
    const section = this.part('.gaps');
    if (shown === this.gapsShown) {
      return;
    }
    this.gapsShown = shown;
    setText(section.querySelector('p'), gaps.length === 0 ? 'None in this run.' : '');
    section.querySelector('table').hidden = gaps.length === 0;
    const rows = [...gaps].reverse().map((gap) => this.gapRow(section, gap));
    section.querySelector('tbody').replaceChildren(...rows);
  }

  gapRow(section, gap) {
    const texts = [
      instant(gap.at),
      gap.reason,
      gap.events > 0 ? count(gap.events) : 'not known',
      gap.decision,
      count(gap.written),
      count(gap.deleted),
      duration(gap.seconds),
    ];
    const row = document.createElement('tr');
    section.querySelectorAll('th').forEach((heading, column) => {
      const cell = document.createElement('td');
      cell.dataset.heading = heading.textContent;
      cell.textContent = texts[column];
      row.append(cell);
    });
    return row;
  }
}
