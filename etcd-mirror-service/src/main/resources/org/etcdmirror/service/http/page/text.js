// Numbers and times for people, and how they get into the page: as text, never as markup.

const NUMBER = new Intl.NumberFormat('en');

export function count(number) {
  return number === undefined || number === null ? 'not known' : NUMBER.format(number);
}

export function duration(seconds) {
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  }
  const hours = Math.floor(whole / 3600);
  return hours < 24
    ? `${hours} h ${Math.floor((whole % 3600) / 60)} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function instant(iso) {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

// The clocks of the two machines may differ.
export function ago(iso) {
  return `since ${instant(iso)}`;
}

// An unchanged text is left alone, so that screen readers do not repeat it.
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export function setPairs(list, pairs) {
  while (list.children.length > pairs.length) {
    list.lastElementChild.remove();
  }
  pairs.forEach(([term, text], at) => {
    if (!list.children[at]) {
      const pair = document.createElement('div');
      pair.append(document.createElement('dt'), document.createElement('dd'));
      list.append(pair);
    }
    setText(list.children[at].firstElementChild, term);
    setText(list.children[at].lastElementChild, text);
  });
}

export function setItems(list, texts) {
  while (list.children.length > texts.length) {
    list.lastElementChild.remove();
  }
  texts.forEach((text, at) => {
    if (!list.children[at]) {
      list.append(document.createElement('li'));
    }
    setText(list.children[at], text);
  });
}
