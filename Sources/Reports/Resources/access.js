
(function () {
  'use strict';
  var all = function (selector, root) {
    return Array.prototype.slice.call((root || document).querySelectorAll(selector));
  };
  var tools = document.getElementById('tools');
  var search = document.getElementById('search');
  var finding = document.getElementById('finding');
  var count = document.getElementById('count');
  var unfold = document.getElementById('unfold');
  var rows = all('#members tbody tr').map(function (row) {
    return { row: row, text: null, kinds: null };
  });
  var blocks = all('#members .block');
  var total = rows.length.toLocaleString('en');

  function textOf(entry) {
    if (entry.text === null) { entry.text = entry.row.textContent.toLowerCase(); }
    return entry.text;
  }
  function has(entry, kind) {
    if (entry.kinds === null) {
      entry.kinds = all('summary .chip', entry.row).map(function (chip) { return chip.textContent; });
    }
    return entry.kinds.indexOf(kind) !== -1;
  }
  function apply() {
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    var kind = finding ? finding.value : '';
    var shown = document.querySelector('input[name=show]:checked').value;
    var visible = 0;
    rows.forEach(function (entry) {
      var fits = kind === '' ? true : has(entry, kind);
      if (fits) { fits = words.every(function (word) { return textOf(entry).indexOf(word) !== -1; }); }
      entry.row.hidden = !fits;
      if (fits) { if (shown === 'all' || entry.row.classList.contains(shown)) { visible += 1; } }
    });
    blocks.forEach(function (block) {
      block.hidden = block.querySelector('tbody tr:not([hidden])') === null;
    });
    count.textContent = 'Showing ' + visible.toLocaleString('en') + ' of ' + total;
  }
  var timer = 0;
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(apply, rows.length > 2000 ? 150 : 30);
  }
  function open(state) {
    rows.forEach(function (entry) {
      if (!entry.row.hidden) { entry.row.querySelector('details').open = state; }
    });
  }

  search.addEventListener('input', soon);
  if (finding) { finding.addEventListener('change', apply); }
  all('input[name=show]').forEach(function (radio) { radio.addEventListener('change', apply); });
  tools.addEventListener('submit', function (event) { event.preventDefault(); });
  unfold.addEventListener('click', function () {
    var state = unfold.getAttribute('aria-pressed') !== 'true';
    unfold.setAttribute('aria-pressed', String(state));
    unfold.textContent = state ? 'Close all rows' : 'Open all rows';
    open(state);
  });
  document.addEventListener('keydown', function (event) {
    if (event.key !== '/' || /^(input|select|textarea)$/i.test(event.target.tagName)) { return; }
    event.preventDefault();
    search.focus();
  });
  window.addEventListener('beforeprint', function () {
    all('details:not([open])').forEach(function (part) {
      part.open = true;
      part.dataset.printed = 'yes';
    });
  });
  window.addEventListener('afterprint', function () {
    all('details[data-printed]').forEach(function (part) {
      part.open = false;
      delete part.dataset.printed;
    });
  });
  tools.hidden = false;
  apply();
}());
