// How a state looks: a word, a shape and a tone. The shape tells states apart without colours.

const SHAPES = {
  check: 'M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22Zm-2 16-5-5 2-2 3 3 7-7 2 2Z',
  diamond: 'M12 1 23 12 12 23 1 12Z',
  triangle: 'M12 2 23 22H1ZM11 9v7h2V9Zm0 8v2h2v-2Z',
  square: 'M2 2h20v20H2Zm3 8v4h14v-4Z',
  bars: 'M4 2h6v20H4Zm10 0h6v20h-6Z',
  ring: 'M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22Zm0 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14Z',
  cross: 'M4 1 12 9 20 1 23 4 15 12 23 20 20 23 12 15 4 23 1 20 9 12 1 4Z',
  stop: 'M4 4h16v16H4Z',
};

const LOOKS = {
  FOLLOWING: { shape: SHAPES.check, tone: 'good' },
  RESYNCING: { shape: SHAPES.diamond, tone: 'busy' },
  CONNECTING: { shape: SHAPES.triangle, tone: 'busy' },
  RETRYING: { shape: SHAPES.triangle, tone: 'bad' },
  BLOCKED: { shape: SHAPES.square, tone: 'bad' },
  PAUSED: { shape: SHAPES.bars, tone: 'bad' },
  STANDBY: { shape: SHAPES.ring, tone: 'good' },
  FAILED: { shape: SHAPES.cross, tone: 'bad' },
};

const OTHER = { shape: SHAPES.stop, tone: 'busy' };

function stateOf(link) {
  const isStandby = link.status?.role === 'standby' && link.state !== 'FAILED';
  return isStandby ? 'STANDBY' : link.state;
}

export function look(link) {
  const state = stateOf(link);
  return { word: state.toLowerCase(), ...(LOOKS[state] ?? OTHER) };
}

export function needsAttention(link) {
  return look(link).tone === 'bad';
}
