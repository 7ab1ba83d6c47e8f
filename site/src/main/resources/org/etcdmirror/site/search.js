'use strict';

// Finds the parts of pages that have all words. The index is loaded when somebody wants to search.
(() => {
  const MOST = 20;
  const AROUND = 80;
  const root = document.documentElement.dataset.root;
  const field = document.getElementById('search');
  const found = document.getElementById('found');
  let loading;

  const load = () => {
    loading ??= new Promise((done, failed) => {
      const script = document.createElement('script');
      script.src = root + 'search-index.js';
      script.onload = () => done(window.searchIndex);
      script.onerror = () => failed(new Error('the index of the search cannot be loaded'));
      document.head.append(script);
    });
    return loading;
  };

  const count = (text, word) => text.split(word).length - 1;

  // A word in a heading counts more than one in the text below it. 0: a word is missing.
  const score = ([page, heading, , text], words) => {
    let sum = 0;
    for (const word of words) {
      const here = 20 * count(heading.toLowerCase(), word)
        + 8 * count(page.toLowerCase(), word)
        + Math.min(5, count(text.toLowerCase(), word));
      if (here === 0) {
        return 0;
      }
      sum += here;
    }
    // The words as they were written, beside each other.
    return sum + (heading.toLowerCase().includes(words.join(' ')) ? 50 : 0);
  };

  const excerpt = (text, word) => {
    const at = Math.max(0, text.toLowerCase().indexOf(word));
    const from = Math.max(0, at - AROUND);
    const to = Math.min(text.length, at + AROUND);
    return (from > 0 ? '… ' : '') + text.slice(from, to) + (to < text.length ? ' …' : '');
  };

  const item = ([page, heading, address, text], words) => {
    const link = document.createElement('a');
    link.href = root + address;
    link.textContent = heading === page ? page : `${page}: ${heading}`;
    const about = document.createElement('small');
    about.textContent = excerpt(text, words[0]);
    const line = document.createElement('li');
    line.append(link, about);
    return line;
  };

  const show = (children) => {
    found.replaceChildren(...children);
    found.hidden = children.length === 0;
  };

  const say = (text) => {
    const line = document.createElement('p');
    line.textContent = text;
    show([line]);
  };

  const search = async () => {
    const asked = field.value;
    const words = asked.toLowerCase().split(/\s+/).filter((word) => word !== '');
    if (words.length === 0) {
      show([]);
      return;
    }
    let index;
    try {
      index = await load();
    } catch (error) {
      loading = undefined;
      say(`${error.message}; load the page again`);
      return;
    }
    if (field.value !== asked) {
      return;
    }
    const best = index
      .map((part) => [score(part, words), part])
      .filter(([points]) => points > 0)
      .sort(([one], [other]) => other - one)
      .slice(0, MOST);
    if (best.length === 0) {
      say(`No page has ${words.length === 1 ? 'the word' : 'all of the words'} ${words.join(' ')}.`);
      return;
    }
    const list = document.createElement('ol');
    list.append(...best.map(([, part]) => item(part, words)));
    show([list]);
  };

  field.addEventListener('focus', () => load().catch(() => { loading = undefined; }));
  field.addEventListener('input', search);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      field.value = '';
      show([]);
    }
  });
  field.form.addEventListener('submit', (event) => {
    event.preventDefault();
    found.querySelector('a')?.click();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && event.target !== field) {
      event.preventDefault();
      field.focus();
    }
  });
  // What was typed before this ran, or what the browser has kept.
  search();
})();
