// The page's own script. It makes the table of findings and the page of an entity out of packed data, and shows one part of
// the page at a time. Texts of users only ever become text nodes. `DataTable` is the library's constructor.
const ROWS_PRINTED = 500;
const OPEN = 3; // findings of an entity up to which their reasoning is unfolded
const MARKS = { later: 2, outOfScope: 4, persisting: 8 };
const VIOLATIONS = ["violation", "waived", "from_memory"]; // what they are shown under
const PART = { text: 0, label: 1, shown: 2, state: 3, below: 4, compared: 5, place: 6, rows: 7, used: 8, waits: 9 };
const FACT = { label: 0, name: 1, shown: 2, known: 3, place: 4, rows: 5, paper: 6, wrong: 7 };
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const english = () => root.lang === "en";
const pick = (both) => (typeof both === "string" ? both : both[english() ? 1 : 0]);

let page; // the table's data, once unpacked
let table; // the library's table
let passing = []; // 1 for each finding that passes the filters
let texts; // what is searched of each finding, once somebody searches
const packets = new Map();
const filters = { search: "", rule: "", town: "", severity: "", verdict: "", kind: "", nature: "", change: "" };

function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== "" && child !== false));
  return made;
}

const own = (text) => make("bdi", {}, text); // a text of a user, which may run from right to left
const word = (name) => pick(page.words[name]);

async function unpacked(element) {
  const bytes = Uint8Array.from(atob(element.textContent), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// --- findings ---------------------------------------------------------------------------------------------------------

const ruleOf = (i) => page.rules[page.findings.rule[i]];
const severityOf = (i) => ruleOf(i)[1];
const entityOf = (i) => page.entities[page.findings.entity[i]];
const messageOf = (i) => page.findings[english() ? "en" : "zh"][i];
const townName = (number) => page.towns[number][english() ? 2 : 1];
const kindName = (number) => page.kinds[number][english() ? 2 : 1];
const natureOf = (i) => pick(page.natures[page.findings.nature[i]]);
const dayOf = (i, column) => page.days[page.findings[column][i]] ?? "";
const has = (i, mark) => (page.findings.marks[i] & mark) !== 0;
const verdictOf = (i) => page.verdicts[page.findings.verdict[i]][0];
const isViolation = (i) => VIOLATIONS.includes(verdictOf(i));
const waiverOf = (i) => (page.findings.waiver[i] === -1 ? "" : pick(page.waivers[page.findings.waiver[i]]));
const changeOf = (i) => (!isViolation(i) ? "" : has(i, MARKS.persisting) ? "persisting" : "new");
const changeName = (change) => (change === "" ? "" : word(change === "new" ? "OPENED" : "PERSISTING"));
const entityLink = (entity) =>
  `#/entity/${encodeURIComponent(page.kinds[entity[0]][0])}/${encodeURIComponent(entity[1])}`;

function severityBadge(i) {
  const [name, zh, en] = page.severities[severityOf(i)];
  return make("span", { class: "badge" }, make("i", { class: `dot ${name}` }), english() ? en : zh);
}

function verdictBadge(i) {
  const [name, zh, en] = page.verdicts[page.findings.verdict[i]];
  return make("span", { class: `badge ${name}` }, english() ? en : zh);
}

function marksOf(i) {
  const named = [];
  if (has(i, MARKS.later)) named.push(word("LATER_MARK"));
  if (has(i, MARKS.outOfScope)) named.push(word("OUT_OF_SCOPE"));
  return named.map((name) => make("span", { class: "mark" }, name));
}

function who(i) {
  const entity = entityOf(i);
  const link = make("a", { href: entityLink(entity) }, own(entity[2] || entity[1]));
  return make("div", { class: "who" }, link, make("p", { class: "quiet" }, `${kindName(entity[0])} `, own(entity[1])));
}

function what(i) {
  const title = make("p", { class: "strong" }, pick(ruleOf(i)[2]), marksOf(i));
  const waiver = waiverOf(i) && make("p", { class: "quiet" }, own(waiverOf(i)));
  return make("div", { class: "what" }, title, make("p", { class: "said" }, own(messageOf(i))), waiver);
}

// each column: its word, its cell, what it is sorted by, and its classes
function columns() {
  const text = (value) => document.createTextNode(value);
  const found = [
    ["PRIORITY", severityBadge, severityOf, "num", "nowrap"],
    ["VERDICT", verdictBadge, (i) => page.findings.verdict[i], "num", "nowrap optional"],
    ["ENTITY", who, (i) => entityOf(i)[2] || entityOf(i)[1], "string", ""],
    ["TOWN", (i) => own(townName(entityOf(i)[3])), (i) => townName(entityOf(i)[3]), "string", "town optional"],
    ["MATTER", what, (i) => ruleOf(i)[0], "string", ""],
    ["NATURE", (i) => text(natureOf(i)), (i) => page.findings.nature[i], "num", "optional"],
    ["DAY", (i) => text(dayOf(i, "day")), (i) => dayOf(i, "day"), "string", "nowrap optional"],
    ["DUE", (i) => text(dayOf(i, "due")), (i) => dayOf(i, "due"), "string", "nowrap optional"],
  ];
  if (page.compared) {
    found.push(["CHANGE", (i) => text(changeName(changeOf(i))), changeOf, "string", "nowrap optional"]);
  }
  return found;
}

function makeTable() {
  const count = page.findings.rule.length;
  if (table) table.destroy();
  const element = make("table", { class: "findings", "aria-labelledby": "findings" });
  byId("table").replaceChildren(element);
  table = new DataTable(element, {
    data: Array.from({ length: count }, (_, i) => ({ i })),
    columns: columns().map(([name, cell, order, type, className]) => ({
      title: word(name),
      data: "i",
      type,
      className,
      searchable: false,
      render: (i, use) => (use === "display" ? cell(i) : order(i)),
    })),
    order: [],
    autoWidth: false,
    deferRender: true,
    pageLength: 25,
    lengthMenu: [10, 25, 50, 100],
    layout: { topStart: "info", topEnd: null, bottomStart: "pageLength", bottomEnd: "paging" },
    language: {
      info: word("SHOWING"), infoEmpty: word("NO_ROWS"), infoFiltered: word("FILTERED"), lengthMenu: word("PER_PAGE"),
      emptyTable: word("NOTHING"), zeroRecords: word("NOTHING"), thousands: ",",
      paginate: { first: "«", previous: "‹", next: "›", last: "»" },
      aria: {
        orderable: word("SORT"), orderableRemove: word("UNSORT"), orderableReverse: word("REVERSE"),
        paginate: { first: word("FIRST"), previous: word("PREVIOUS"), next: word("NEXT"), last: word("LAST"), number: "" },
      },
    },
  });
  table.search.fixed("filters", (_, data) => passing[data.i] === 1);
  byId("table").querySelector(".dt-paging nav")?.setAttribute("aria-label", word("PAGES"));
  table.draw();
}

// --- filters ----------------------------------------------------------------------------------------------------------

// of each filter: the value a finding has, and every value with its name
const FILTERS = {
  severity: { of: (i) => page.severities[severityOf(i)][0], all: () => page.severities.map(named) },
  verdict: { of: verdictOf, all: () => page.verdicts.map(named) },
  town: { of: (i) => page.towns[entityOf(i)[3]][0] ?? "", all: () => sorted(page.towns.map(named)) },
  kind: { of: (i) => page.kinds[entityOf(i)[0]][0], all: () => sorted(page.kinds.map(named)) },
  nature: { of: (i) => String(page.findings.nature[i]), all: () => page.natures.map((each, i) => [String(i), pick(each)]) },
  rule: { of: (i) => ruleOf(i)[0], all: () => sorted(page.rules.map((rule) => [rule[0], pick(rule[2])])) },
  change: { of: changeOf, all: () => ["new", "persisting"].map((change) => [change, changeName(change)]) },
};
const NO_TOWN = "-";

function named([value, zh, en]) {
  return [value ?? "", english() ? en : zh];
}

function sorted(options) {
  return options.sort(([, a], [, b]) => a.localeCompare(b, root.lang));
}

function fillFilters() {
  const count = page.findings.rule.length;
  for (const select of document.querySelectorAll("[data-filter]")) {
    const filter = FILTERS[select.dataset.filter];
    const counts = new Map();
    for (let i = 0; i < count; i++) counts.set(filter.of(i), (counts.get(filter.of(i)) ?? 0) + 1);
    const options = filter.all().filter(([value]) => counts.has(value));
    select.replaceChildren(
      make("option", { value: "" }, word("ALL")),
      ...options.map(([value, name]) =>
        make("option", { value: value === "" ? NO_TOWN : value }, `\u2068${name}\u2069（${counts.get(value).toLocaleString("en")}）`)),
    );
    select.value = filters[select.dataset.filter];
  }
}

function searched() {
  return page.findings.rule.map((_, i) => {
    const [kind, id, name, town] = entityOf(i);
    const rule = ruleOf(i);
    const parts = [id, name, ...page.towns[town].slice(1), ...page.kinds[kind].slice(1), rule[0], ...rule[2]];
    const waiver = page.findings.waiver[i] === -1 ? [] : page.waivers[page.findings.waiver[i]];
    return [...parts, ...waiver, page.findings.zh[i], page.findings.en[i], page.findings.key[i]].join("\n").toLowerCase();
  });
}

function applyFilters() {
  const count = page.findings.rule.length;
  const wanted = Object.keys(FILTERS).filter((name) => filters[name] !== "")
    .map((name) => [FILTERS[name].of, filters[name] === NO_TOWN ? "" : filters[name]]);
  const terms = filters.search.toLowerCase().split(/\s+/).filter(Boolean);
  if (terms.length && !texts) texts = searched();
  passing = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    passing[i] = wanted.every(([of, value]) => of(i) === value) && terms.every((term) => texts[i].includes(term)) ? 1 : 0;
  }
}

function showFilters() {
  for (const select of document.querySelectorAll("[data-filter]")) select.value = filters[select.dataset.filter];
  byId("search").value = filters.search;
}

// the filters as they stand in the address, so that a view can be kept and sent
function findingsAddress() {
  const kept = Object.entries(filters).filter(([, value]) => value !== "");
  return kept.length ? `#/findings?${new URLSearchParams(kept)}` : "#/findings";
}

function filtersChanged() {
  history.replaceState(null, "", findingsAddress());
  applyFilters();
  table.draw();
}

// --- one entity -------------------------------------------------------------------------------------------------------

async function explanation(i) {
  const place = page.packets[i];
  const size = Number(byId("packet-0").dataset.size);
  const number = Math.floor(place / size);
  if (!packets.has(number)) packets.set(number, await unpacked(byId(`packet-${number}`)));
  const [strings, told] = packets.get(number);
  const say = (at) => (at === undefined || at === -1 ? "" : pick(strings[at]));
  return { told: told[place % size], say };
}

function lines(title, found, say) {
  if (!found || !found.length) return [];
  return [make("h4", { class: "part" }, title), make("ul", { class: "lines" }, found.map((at) => make("li", {}, own(say(at)))))];
}

function factRow(fact, say) {
  const about = [FACT.rows, FACT.place].map((at) => say(fact[at])).filter(Boolean).join(" · ");
  const wrong = (Array.isArray(fact[FACT.wrong]) ? fact[FACT.wrong] : []).map((at) => make("p", { class: "unknown" }, own(say(at))));
  const name = say(fact[FACT.name]);
  return make("tr", {},
    make("th", { scope: "row" }, own(say(fact[FACT.label])), name && make("div", { class: "quiet" }, make("code", {}, name))),
    make("td", { class: fact[FACT.known] ? "strong" : "unknown" }, own(say(fact[FACT.shown]))),
    make("td", {}, own(about), wrong),
    make("td", { class: "wide" }, own(say(fact[FACT.paper]))));
}

function factTable(facts, about, say) {
  if (!facts.length) return [];
  const heads = ["ITEM", "VALUE", "SOURCE", "PAPER"].map((name) =>
    make("th", { scope: "col", class: name === "PAPER" && "wide" }, word(name)));
  const body = make("tbody", {}, facts.map((fact) => factRow(fact, say)));
  const whole = make("table", {}, make("thead", {}, make("tr", {}, heads)), body);
  return [make("h4", { class: "part" }, word("FACTS")), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${word("FACTS")} ${about}` }, whole)];
}

function partItem(part, say) {
  const state = part[PART.state];
  const sign = ["", "✓", "✗", "?"][state];
  const spoken = [undefined, word("TRUE"), word("FALSE"), undefined][state];
  const list = (at) => (Array.isArray(part[at]) ? part[at] : []);
  const label = say(part[PART.label]);
  const notes = [
    say(part[PART.used]) && `${word("USED")}: ${say(part[PART.used])}`, say(part[PART.rows]), say(part[PART.place]),
    ...list(PART.waits).map((at) => say(at)),
  ].filter(Boolean);
  return make("li", { class: state === 3 && "open" },
    make("div", { class: "line" },
      sign && make("span", { class: "state", role: "img", "aria-label": spoken ?? say(part[PART.shown]) }, sign),
      label && make("span", {}, own(label), " "), make("code", { class: label && "quiet" }, say(part[PART.text])), " = ",
      make("span", { class: "value" }, own(say(part[PART.shown]))),
      say(part[PART.compared]) && make("span", { class: "compared quiet" }, own(say(part[PART.compared]))),
      notes.map((note) => make("div", { class: "quiet" }, own(note)))),
    list(PART.below).length ? make("ul", { class: "tree" }, list(PART.below).map((each) => partItem(each, say))) : "");
}

function reasoning(clauses, period, open, say) {
  const found = clauses.flatMap(([name, part]) => [
    make("p", { class: "strong" }, say(name)), make("ul", { class: "tree" }, partItem(part, say)),
  ]);
  return make("details", { open }, make("summary", {}, word("REASONING")), say(period) && make("p", { class: "quiet" }, say(period)), found);
}

function law(i, told, say) {
  const [, , , waits, basis, later] = told;
  const [, , , authority, remedy, notice] = ruleOf(i);
  const changes = Array.isArray(later) ? lines(word("LATER").replace("{day}", page.decided), later, say) : [];
  const due = dayOf(i, "due");
  const told_ = [
    ...lines(word("WAITS"), waits, say), ...lines(word("LAW"), basis, say), ...changes,
    ...(changes.length ? [make("p", { class: "quiet" }, pick(page.lawyer))] : []),
  ];
  if (isViolation(i) && pick(remedy)) {
    told_.push(make("h4", { class: "part" }, word("REMEDY")), make("p", {}, pick(remedy)));
    if (due) told_.push(make("p", { class: "strong" }, `${word("DUE")} ${due}`));
  }
  const more = [pick(authority) && `${word("AUTHORITY")} ${pick(authority)}`, notice.length && `${word("NOTICE")} ${notice.join("、")}`];
  const text = more.filter(Boolean).join(" · ");
  return [...told_, text && make("p", { class: "quiet" }, text)];
}

async function findingCard(i, open) {
  const { told, say } = await explanation(i);
  const fingerprint = `${ruleOf(i)[0]}/${page.findings.key[i]}`;
  const place = say(told[0]);
  const facts = [severityBadge(i), " · ", natureOf(i), dayOf(i, "day") && ` · ${word("DAY")} ${dayOf(i, "day")}`];
  return make("article", { id: `finding-${i}`, tabindex: "-1", class: `card ${isViolation(i) && !waiverOf(i) ? page.severities[severityOf(i)][0] : ""}` },
    make("h3", { class: "strong" }, verdictBadge(i), " ", pick(ruleOf(i)[2]), marksOf(i)),
    make("p", {}, own(messageOf(i))),
    verdictOf(i) === "from_memory" && make("p", { class: "warn" }, word("MEMORY_NOTE")),
    waiverOf(i) && make("p", { class: "warn" }, own(waiverOf(i)), make("br"), word("WAIVED_NOTE")),
    make("p", { class: "quiet" }, facts, page.compared && changeOf(i) ? ` · ${changeName(changeOf(i))}` : ""),
    make("p", { class: "quiet" }, place && own(place), place && " · ", make("code", {}, own(fingerprint))),
    factTable(told[1], fingerprint, say), reasoning(told[2], told[6], open, say), law(i, told, say));
}

async function showEntity(kind, id) {
  const section = byId("entity");
  const back = make("p", { class: "back" }, make("a", { href: findingsAddress() }, word("BACK")));
  const numbers = page.entities.flatMap((each, number) => (page.kinds[each[0]][0] === kind && each[1] === id ? [number] : []));
  if (!numbers.length) {
    section.replaceChildren(back, make("h2", {}, own(id)), make("p", {}, word("NOT_HERE")));
    return;
  }
  const entity = page.entities[numbers[0]];
  const found = [];
  page.findings.entity.forEach((number, i) => numbers.includes(number) && found.push(i));
  const cards = [];
  for (const i of found) cards.push(await findingCard(i, found.length <= OPEN));
  const contents = found.length > 1 && make("ul", { class: "contents" }, found.map((i) =>
    make("li", {}, severityBadge(i), " ", make("a", { href: `#finding-${i}` }, pick(ruleOf(i)[2])), " ", verdictBadge(i), " ", make("span", { class: "quiet" }, dayOf(i, "day")))));
  section.replaceChildren(back,
    make("h2", {}, own(entity[2] || id), " ", make("span", { class: "quiet" }, `${kindName(entity[0])} `, own(id), " · ", own(townName(entity[3])))),
    ...(contents ? [contents] : []), ...cards);
}

// --- printing ---------------------------------------------------------------------------------------------------------

// what is folded in cannot be unfolded on paper
function unfold() {
  const folded = document.querySelectorAll("section:not([hidden]) details:not([open])");
  folded.forEach((each) => each.setAttribute("open", ""));
  addEventListener("afterprint", () => folded.forEach((each) => each.removeAttribute("open")), { once: true });
}

function printedList() {
  if (!table) return;
  const every = table.rows({ search: "applied", order: "applied" }).data().toArray().map((row) => row.i);
  const shown = every.slice(0, ROWS_PRINTED);
  const count = (number) => number.toLocaleString("en");
  const title = word("PRINTED").replace("{shown}", count(shown.length)).replace("{all}", count(every.length));
  const cells = columns().filter(([name]) => name !== "NATURE");
  const row = (i) => make("tr", {}, cells.map(([, cell, , , classes]) => make("td", { class: classes }, cell(i))));
  const heads = make("tr", {}, cells.map(([name]) => make("th", { scope: "col" }, word(name))));
  byId("printed").replaceChildren(make("p", { class: "note" }, title), make("table", {}, make("thead", {}, heads), make("tbody", {}, shown.map(row))));
}

// --- which part of the page is shown ----------------------------------------------------------------------------------

function address() {
  const [path, query] = location.hash.replace(/^#\//, "").split("?");
  return { parts: path.split("/").map(decoded), query: new URLSearchParams(query ?? "") };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let shownView = "";

async function route() {
  if (location.hash && !location.hash.startsWith("#/")) return; // a place within the part that is shown
  const { parts, query } = address();
  const known = document.querySelector(`section[data-view="${CSS.escape(parts[0])}"]`);
  const view = known ? parts[0] : "overview";
  if (view === "findings" && page) {
    for (const name of Object.keys(filters)) filters[name] = query.get(name) ?? (query.has(name) ? NO_TOWN : "");
    if (query.get("town") === "") filters.town = NO_TOWN;
    showFilters();
    applyFilters();
    if (!table) makeTable(); else table.draw();
  }
  if (view === "entity" && page) await showEntity(parts[1] ?? "", parts.slice(2).join("/"));
  for (const section of document.querySelectorAll("section[data-view]")) section.hidden = section.dataset.view !== view;
  for (const link of document.querySelectorAll("body > nav a")) {
    if (link.hash.split("?")[0] === `#/${view === "entity" ? "findings" : view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const at = view === "entity" ? location.hash : view;
  if (shownView && shownView !== at) {
    scrollTo(0, 0);
    byId("main").focus({ preventScroll: true });
  }
  shownView = at;
  root.dataset.ready = at;
}

async function speak(language) {
  root.lang = language;
  document.title = byId("language").dataset[english() ? "en" : "zh"];
  if (!page) return;
  fillFilters();
  if (table) makeTable();
  await route();
}

// --- beginning --------------------------------------------------------------------------------------------------------

function listen() {
  let waiting;
  byId("language").addEventListener("click", () => speak(english() ? "zh-CN" : "en"));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("search").addEventListener("input", (event) => {
    clearTimeout(waiting);
    filters.search = event.target.value;
    waiting = setTimeout(filtersChanged, 120);
  });
  byId("filters").addEventListener("change", (event) => {
    if (!event.target.dataset.filter) return;
    filters[event.target.dataset.filter] = event.target.value;
    filtersChanged();
  });
  byId("filters").addEventListener("reset", () => {
    for (const name of Object.keys(filters)) filters[name] = "";
    showFilters();
    filtersChanged();
  });
  addEventListener("hashchange", route);
  addEventListener("beforeprint", () => {
    unfold();
    printedList();
  });
}

async function begin() {
  byId("language").hidden = false;
  listen();
  await route();
  if (typeof DecompressionStream === "undefined") {
    byId("too-old").hidden = false;
    return;
  }
  byId("unpacking").hidden = false;
  page = await unpacked(byId("data"));
  byId("filters").hidden = false;
  fillFilters();
  applyFilters();
  await route();
  if (!table) {
    await new Promise((done) => setTimeout(done));
    makeTable();
  }
  byId("unpacking").hidden = true;
  root.dataset.loaded = "true";
}

begin();
