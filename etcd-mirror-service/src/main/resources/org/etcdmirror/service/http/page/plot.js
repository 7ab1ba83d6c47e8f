// The last minutes of one number, from when the page was opened.
import { count, setText } from './text.js';

const SPAN = 5 * 60 * 1000;
const SHORTEST = 30 * 1000;
const WIDTH = 300;
const HEIGHT = 60;
const MARGIN = 2;

export class Plot {
  constructor(figure, title) {
    this.figure = figure;
    this.title = title;
    this.points = [];
  }

  // A value that is not known is null and leaves a hole.
  add(value) {
    const now = Date.now();
    this.points.push({ at: now, value });
    while (this.points[0].at < now - SPAN) {
      this.points.shift();
    }
    this.draw(now);
  }

  draw(now) {
    const known = this.points.filter((point) => point.value !== null);
    const newest = this.points[this.points.length - 1].value;
    const most = Math.max(0, ...known.map((point) => point.value));
    const text = known.length
      ? `${this.title}: ${count(newest)} now, ${count(most)} at most in 5 min`
      : `${this.title}: not known`;
    setText(this.figure.querySelector('figcaption'), text);
    this.figure.querySelector('svg').setAttribute('aria-label', text);
    const runs = this.runs(now, most);
    this.figure.querySelector('.line').setAttribute('d', runs.map(line).join(''));
    this.figure.querySelector('.area').setAttribute('d', runs.map(area).join(''));
  }

  // Pieces without holes, in the units of the picture. A short time is drawn wider.
  runs(now, most) {
    const span = Math.max(SHORTEST, now - this.points[0].at);
    const runs = [];
    let run = [];
    for (const point of this.points) {
      if (point.value === null) {
        run = [];
        continue;
      }
      if (run.length === 0) {
        runs.push(run);
      }
      const x = WIDTH - ((now - point.at) / span) * WIDTH;
      const y = HEIGHT - MARGIN - (most === 0 ? 0 : (point.value / most) * (HEIGHT - 2 * MARGIN));
      run.push([x.toFixed(1), y.toFixed(1)]);
    }
    return runs;
  }
}

function line(run) {
  return `M${run.map((point) => point.join(' ')).join('L')}`;
}

function area(run) {
  const first = run[0][0];
  const last = run[run.length - 1][0];
  return `M${first} ${HEIGHT}L${run.map((point) => point.join(' ')).join('L')}L${last} ${HEIGHT}Z`;
}
