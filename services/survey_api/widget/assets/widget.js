/* Katsaus survey widget. Draws a survey where its script stands and sends what is answered, later if need be.
   No dependencies, no cookies, no eval, no markup from strings; the page gets one name, window.katsausWidget. */
(() => {
  "use strict";

  const NAME = "katsausWidget";
  if (window[NAME]) {
    window[NAME].scan();
    return;
  }

  // Put in when the file is served: the words (texts.yaml), the smileys (faces.yaml), the look (widget.css).
  const TEXTS = "__TEXTS__";
  const FACES = "__FACES__";
  const STYLES = "__STYLES__";

  // Bounds of what is kept in the browser: what was submitted, until it is sent, and what was begun, for a day.
  const KEPT_MAX = 20; // answers of one site: more is no resident's day
  const KEPT_CHARACTERS_MAX = 20000; // of one answer: the longest comment with room for the rest
  const KEPT_DAYS = 7; // a longer outage is not waited for, and nobody's words lie about for ever
  const DRAFT_MS = 82800000; // an hour less than the service lets a partial response be completed
  const COMMENT_MAX = 5000; // characters, as the city's own form has it
  const SEND_TIMEOUT_MS = 20000; // then it is tried again, under the same id
  const LEASE_MS = 30000; // longer than sending may take
  const LEASE_SETTLE_MS = 150; // in which two tabs that took the same lease see whose it is
  const RETRY_FIRST_MS = 4000; // doubles with each try
  const RETRY_MAX_MS = 300000;
  const RETRY_AFTER_MAX_MS = 3600000; // whatever the service asks
  const CLOCK_OFF_MS = 60000; // a smaller difference is the network's, not the clock's
  const TILES_MAX = 11; // a finer scale shows every fifth, tenth or twentieth of its steps, and a field
  const SELECT_FROM = 13; // a longer list of options folds up
  const ENTRY = "katsaus.answer.";
  const LEASE = "katsaus.lease.";
  const DRAFT = "katsaus.draft.";
  const REFUSED = "refused";
  const LATER = [408, 425, 429];
  const SHADOW = { mode: "open" };

  const script = document.currentScript;
  const apiOf = (source) => source.replace(/[?#].*$/, "").replace(/\/widget(\/[0-9a-f]+\/widget)?\.js$/, "");
  const warn = (...what) => console.warn("[katsaus]", ...what);
  const placed = new WeakSet();
  const watchers = new Map(); // id of an answer under way to who wants to know how it ended
  const notices = new Set(); // widgets of this page, to tell how an earlier page's answer ended
  const leavers = new Set(); // forms of this page, to hear when it is left
  const apis = new Set();
  let clockOffset = 0;

  // ---- What is kept: one key an answer, so that two tabs never write the same one over.

  const store = (() => {
    try {
      const real = window.localStorage;
      real.setItem(LEASE, "");
      real.removeItem(LEASE);
      return real;
    } catch {
      return null; // refused by the browser, or a sandboxed frame: nothing can be kept
    }
  })();

  // What is kept under the key, if it is younger than that; else it goes.
  const kept = (key, age) => {
    try {
      const found = JSON.parse(store.getItem(key));
      if (found.made > Date.now() - age) return found;
    } catch {
      // neither ours nor readable
    }
    if (store) store.removeItem(key);
    return null;
  };
  const keptAll = (prefix, age) =>
    (store ? Object.keys(store) : [])
      .filter((key) => key.startsWith(prefix))
      .map((key) => kept(key, age))
      .filter(Boolean);

  const entries = () => keptAll(ENTRY, KEPT_DAYS * 86400000).sort((one, other) => one.made - other.made);

  const keep = (entry) => {
    try {
      const content = JSON.stringify(entry);
      if (content.length > KEPT_CHARACTERS_MAX) return false;
      if (!store.getItem(ENTRY + entry.id) && entries().length >= KEPT_MAX) return false;
      store.setItem(ENTRY + entry.id, content);
      return true;
    } catch {
      return false;
    }
  };

  // ---- Sending: each answer by one tab at a time; the service takes an id once, whoever sends it.

  const retryAfter = (response) => {
    const asked = response.headers.get("Retry-After");
    if (!asked) return 0;
    const wait = /^\d+$/.test(asked) ? asked * 1000 : Date.parse(asked) - Date.now();
    return Math.min(Math.max(wait, 0) || 0, RETRY_AFTER_MAX_MS);
  };

  const post = async (entry) => {
    let response;
    try {
      response = await fetch(`${entry.api}/v1/surveys/${encodeURIComponent(entry.survey)}/responses`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(entry.body),
        credentials: "omit",
        keepalive: isPartial(entry), // the page may be gone before the answer comes
        signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
      });
    } catch {
      return { state: "later", wait: 0 };
    }
    if (response.ok) return { state: "sent" };
    const problem = await response.json().catch(() => ({}));
    // What has no code was not said by the service but by something in between.
    if (response.status >= 500 || LATER.includes(response.status) || !problem.code) {
      return { state: "later", wait: retryAfter(response) };
    }
    const wrong = (problem.invalid_params || []).map((param) => param.name);
    if (wrong.includes("given_at") && entry.body.given_at) {
      delete entry.body.given_at; // this clock is not to be believed
      return post(entry);
    }
    return { state: REFUSED, code: problem.code, wrong };
  };

  const isPartial = ({ body }) => body.complete === false;
  const completed = new Set(); // ids of which the whole is on its way: what was a part of it is of no more use

  // Begun too long ago to be completed: the service asks for the whole as a response of its own.
  const renew = (entry) => {
    const id = uuid7();
    watchers.set(id, watchers.get(entry.id));
    watchers.delete(entry.id);
    if (store) store.removeItem(ENTRY + entry.id);
    const renewed = { ...entry, id, body: { ...entry.body, id } };
    keep(renewed);
    return renewed;
  };

  const attempt = async (entry) => {
    const result = await post(entry);
    if (isPartial(entry)) {
      const now = entries().find(({ id }) => id === entry.id);
      if (completed.has(entry.id) || (now && !isPartial(now))) return result;
    } else if (result.code === "completion_over") return attempt(renew(entry));
    if (result.state === "later") {
      entry.tries += 1;
      const backoff = Math.min(RETRY_FIRST_MS * 2 ** (entry.tries - 1), RETRY_MAX_MS) * (0.75 + Math.random() / 2);
      entry.asked = result.wait > 0;
      entry.next = Date.now() + Math.max(result.wait, backoff);
      result.kept = keep(entry);
    } else if (store) {
      if (result.state === REFUSED && !isPartial(entry)) store.setItem(ENTRY + entry.id, REFUSED); // read by a tab that waits for it
      store.removeItem(ENTRY + entry.id);
    }
    if (!isPartial(entry)) tell(entry.id, result);
    return result;
  };

  const tell = (id, result) => {
    const watcher = watchers.get(id);
    if (result.state !== "later") watchers.delete(id);
    if (watcher) watcher(result);
    else if (result.state === REFUSED) notices.forEach((show) => show());
  };

  // Does the work unless another tab is doing it; undefined then.
  const alone = async (id, work) => {
    if (navigator.locks) {
      try {
        return await navigator.locks.request(LEASE + id, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
      } catch {
        // an insecure or sandboxed page has no locks
      }
    }
    if (!store) return work();
    if (parseInt(store.getItem(LEASE + id), 10) > Date.now()) return undefined;
    const mine = `${Date.now() + LEASE_MS} ${uuid7()}`;
    try {
      store.setItem(LEASE + id, mine);
    } catch {
      return work(); // full: nothing of it is kept, so no other tab knows it
    }
    await new Promise((resolve) => setTimeout(resolve, LEASE_SETTLE_MS));
    if (store.getItem(LEASE + id) !== mine) return undefined;
    try {
      return await work();
    } finally {
      store.removeItem(LEASE + id);
    }
  };

  let timer;
  const flush = async (backOnline = false) => {
    clearTimeout(timer);
    for (const { id, next, asked, api } of entries()) {
      if (!apis.has(api) || (next > Date.now() && !(backOnline && !asked))) continue;
      await alone(id, () => {
        // Read again under the lock: another tab may have sent it.
        const entry = entries().find((one) => one.id === id);
        return entry && attempt(entry);
      });
    }
    const waiting = entries().filter((entry) => apis.has(entry.api));
    if (!waiting.length) return;
    const soonest = Math.min(...waiting.map((entry) => entry.next)) - Date.now();
    clearTimeout(timer);
    timer = setTimeout(() => flush().catch(warn), Math.max(soonest, 1000));
  };

  const uuid7 = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let time = Date.now();
    for (let place = 5; place >= 0; place -= 1) {
      bytes[place] = time % 256;
      time = Math.floor(time / 256);
    }
    bytes[6] = (bytes[6] & 15) | 112;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };

  // ---- Elements

  const SVG = "http://www.w3.org/2000/svg";
  const fill = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child != null));
    return node;
  };
  const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

  const face = (code) =>
    svg(
      "svg",
      { viewBox: "0 0 48 48", class: `face ${code}`, "aria-hidden": "true", focusable: "false" },
      svg("circle", { class: "skin", cx: 24, cy: 24, r: 22 }),
      svg("circle", { class: "eye", cx: 17, cy: 19.5, r: 2.75 }),
      svg("circle", { class: "eye", cx: 31, cy: 19.5, r: 2.75 }),
      svg("path", { d: FACES[code], class: code === "very_happy" && "open" }),
    );

  // ---- Questions

  const SMILEYS = { smiley_4: 4, smiley_5: 5 };
  const range = (first, last, step = 1) =>
    Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, place) => first + place * step);

  // A fine scale's answers are steps of its own, only fewer: 101 buttons are no question.
  const scaleValues = (steps) => {
    const step = 100 / (steps - 1);
    return range(0, 100, steps <= TILES_MAX ? step : [10, 20, 50, 100].find((wide) => wide % step === 0));
  };

  // The field beside the buttons of a fine scale, for the steps that have none.
  const drawExact = (question, text, inputs, described) => {
    const step = 100 / (question.scale_steps - 1);
    const steps = step === 1 ? "0–100" : `0, ${step}, ${2 * step} … 100`;
    const id = `${question.code}-exact`;
    const input = el("input", { id, class: "number", inputmode: "numeric", autocomplete: "off", maxlength: 3, "aria-describedby": described });
    const choose = () => inputs.forEach((one) => (one.checked = one.value === input.value.trim()));
    const value = () => (/^\d+$/.test(input.value.trim()) ? Number(input.value) : NaN);
    input.addEventListener("input", choose);
    inputs.forEach((one) => one.addEventListener("change", () => (input.value = one.value)));
    return {
      input,
      node: el("div", { class: "exact" }, el("label", { for: id }, `${text.or_number} (${steps})`), input),
      read: () => (value() <= 100 && value() % step === 0 ? value() : undefined),
      write: (answer) => {
        input.value = answer;
        choose();
      },
      isWrong: () => input.value.trim() !== "" && !(value() <= 100 && value() % step === 0),
      reason: `${text.errors.number} (${steps})`,
    };
  };

  const choicesOf = (question, text, labelled) => {
    const plain = (values) => values.map((value) => ({ value, answer: value, words: String(value) }));
    switch (question.kind) {
      case "scale":
        return plain(scaleValues(question.scale_steps));
      case "grade":
        return plain(range(4, 10));
      case "nps":
        return plain(range(0, 10));
      case "yes_no":
        return [true, false].map((answer) => ({ value: answer, answer, words: answer ? text.yes : text.no }));
      case "single_choice":
      case "multiple_choice":
        return question.options.map(({ code, labels }) => ({ value: code, answer: code, ...labelled(labels) }));
      default:
        return Object.keys(FACES)
          .filter((code) => code !== "neutral" || SMILEYS[question.kind] === 5)
          .map((code) => ({ value: code, answer: code, words: text.smileys[code], face: code }));
    }
  };

  const isKnown = ({ kind }) =>
    kind in SMILEYS || ["scale", "grade", "nps", "yes_no", "single_choice", "multiple_choice", "text"].includes(kind);

  const isFine = ({ kind, scale_steps: steps }) => kind === "scale" && steps > TILES_MAX;

  const tile = (question, choice, type) =>
    el(
      "label",
      { class: "tile" },
      // Of a fine scale the field beside the buttons answers as well.
      el("input", { type, name: question.code, value: choice.value, required: question.is_required && !isFine(question) }),
      el(
        "span",
        { class: "box" },
        choice.face && face(choice.face),
        el("span", { lang: choice.lang, dir: choice.lang && "auto" }, choice.words),
      ),
    );

  const row = (question, choice, type) =>
    el(
      "label",
      { class: "choice" },
      el("input", { type, name: question.code, value: choice.value, required: type === "radio" && question.is_required }),
      el("span", { lang: choice.lang, dir: choice.lang && "auto" }, choice.words),
    );

  const layout = (question, choices) => {
    if (["single_choice", "multiple_choice"].includes(question.kind)) {
      const type = question.kind === "multiple_choice" ? "checkbox" : "radio";
      return el("div", { class: "choices" }, ...choices.map((choice) => row(question, choice, type)));
    }
    const look = question.kind in SMILEYS ? "tiles faces" : question.kind === "yes_no" ? "tiles words" : "tiles";
    return el("div", { class: look }, ...choices.map((choice) => tile(question, choice, "radio")));
  };

  // One question: its node, what is answered (undefined: nothing), where its focus goes, how it shows an error.
  const draw = (question, text, labelled) => {
    const { words, lang } = labelled(question.labels);
    const hint = text.hints[question.kind];
    const described = `${hint ? `${question.code}-hint ` : ""}${question.code}-error`;
    const error = el("p", { class: "error", id: `${question.code}-error` });
    const asked = [
      el("span", { lang, dir: lang && "auto" }, words),
      question.is_required && el("span", { class: "star", "aria-hidden": "true" }, " *"),
      question.is_required && question.kind !== "text" && el("span", { class: "sr" }, ` (${text.required})`),
    ].map((part) => part || null);
    const told = [hint && el("p", { class: "hint", id: `${question.code}-hint` }, hint), error].map((part) => part || null);
    const show = (invalid) => (reason) => {
      error.textContent = reason || "";
      invalid(Boolean(reason));
    };
    const choices = question.kind === "text" ? [] : choicesOf(question, text, labelled);
    if (question.kind === "text" || (question.kind === "single_choice" && choices.length >= SELECT_FROM)) {
      const shared = { id: question.code, name: question.code, required: question.is_required, "aria-describedby": described };
      const options = choices.map((choice) => el("option", { value: choice.value, lang: choice.lang }, choice.words));
      const input =
        question.kind === "text"
          ? el("textarea", { ...shared, rows: 4, maxlength: COMMENT_MAX })
          : el("select", shared, el("option", { value: "" }, text.choose), ...options);
      const label = el("label", { class: "label", for: question.code }, ...asked);
      return {
        question,
        node: el("div", { class: "field" }, label, ...told, input),
        words,
        target: input,
        read: () => input.value.trim() || undefined,
        write: (answer) => (input.value = answer),
        fail: show((wrong) => (wrong ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid"))),
      };
    }
    const group = layout(question, choices);
    const inputs = [...group.querySelectorAll("input")];
    const exact = isFine(question) ? drawExact(question, text, inputs, `${question.code}-error`) : null;
    const node = el("fieldset", { "aria-describedby": described }, el("legend", {}, ...asked), ...told, group, exact && exact.node);
    const read = () => {
      const answers = choices.filter((_, place) => inputs[place].checked).map((choice) => choice.answer);
      return question.kind === "multiple_choice" && answers.length ? answers : answers[0];
    };
    const write = (answer) => {
      const given = [].concat(answer);
      choices.forEach((choice, place) => (inputs[place].checked = given.includes(choice.answer)));
    };
    const fail = show((wrong) => {
      node.classList.toggle("invalid", wrong);
      if (exact) exact.input.setAttribute("aria-invalid", wrong);
    });
    return { question, node, words, target: inputs[0], read, write, fail, ...(exact && { read: exact.read, write: exact.write, exact }) };
  };

  // The consent to have comments handled, and where to answer; under the last question for a text.
  const drawHandling = (text) => {
    const error = el("p", { class: "error", id: "_email-error" });
    const email = el("input", {
      id: "_email", type: "email", autocomplete: "email", maxlength: 300, "aria-describedby": "_email-error",
    });
    const follow = el("div", { class: "follow", hidden: true }, el("label", { class: "label", for: "_email" }, text.contact_email), error, email);
    const consent = el("input", { type: "checkbox", id: "_handle", "aria-describedby": "_handle-hint" });
    consent.addEventListener("change", () => {
      follow.hidden = !consent.checked;
    });
    const label = el("label", { class: "choice plain" }, consent, el("span", {}, text.please_handle));
    return {
      node: el("div", {}, label, el("p", { class: "hint", id: "_handle-hint" }, text.please_handle_hint), follow),
      consent,
      email,
      fail: (reason) => {
        error.textContent = reason || "";
        email.setAttribute("aria-invalid", Boolean(reason));
      },
    };
  };

  // Whether a question that depends on an earlier answer is asked.
  const isAsked = (condition, answer) =>
    !condition || [].concat(answer ?? []).some((one) => condition.values.some((value) => String(value) === String(one)));

  // ---- The form

  const drawForm = (survey, options, text, labelled, done) => {
    const fields = survey.questions.filter(isKnown).map((question) => draw(question, text, labelled));
    const comments = fields.filter(({ question }) => question.kind === "text");
    const handling = comments.length ? drawHandling(text) : null;
    if (handling) comments.at(-1).node.append(handling.node);
    const summary = el("div", { class: "summary", tabindex: -1, role: "group", "aria-labelledby": "_summary" });
    const notice = el("div", { role: "alert" });
    const button = el("button", { type: "submit" }, text.send);
    const notes = [
      fields.some(({ question }) => question.is_required) && text.required_note,
      survey.widget_sends_partial && text.partial_note,
    ];
    const told = notes.filter(Boolean).map((words) => el("p", { class: "note" }, words));
    const form = el("form", { novalidate: true, "aria-labelledby": "_title" }, ...told, notice, summary, ...fields.map(({ node }) => node), button);
    let sending = false;
    let last = null;

    const read = () => {
      const answers = {};
      for (const { question, node, read: answerOf } of fields) {
        node.hidden = !isAsked(question.shown_when, question.shown_when && answers[question.shown_when.question]);
        const answer = node.hidden ? undefined : answerOf();
        if (answer !== undefined) answers[question.code] = answer;
      }
      return answers;
    };

    const complain = (faults) => {
      fields.forEach((field) => field.fail(""));
      if (handling) handling.fail("");
      summary.replaceChildren();
      if (!faults.length) return false;
      const links = faults.map(({ field, words, target, reason }) => {
        field.fail(reason);
        // Within a shadow tree an address leads nowhere by itself.
        const link = el("a", { href: `#${target.id || target.name}` }, words ? `${words} ${reason}` : reason);
        link.addEventListener("click", (event) => {
          event.preventDefault();
          target.focus();
        });
        return el("li", {}, link);
      });
      summary.append(el("p", { id: "_summary" }, text.errors_title), el("ul", {}, ...links));
      summary.focus();
      return true;
    };

    const fault = (field, reason) => ({ field, words: field.words, target: field.target, reason });

    const faultsOf = (answers) => {
      const asked = fields.filter(({ node }) => !node.hidden);
      const faults = asked.flatMap((field) => {
        const { question, exact } = field;
        if (exact && exact.isWrong()) return { ...fault(field, exact.reason), target: exact.input };
        if (!question.is_required || question.code in answers) return [];
        return fault(field, question.kind === "text" ? text.errors.text : text.errors.choice);
      });
      if (!faults.length && !Object.keys(answers).length) faults.push(fault(fields[0], text.errors.empty));
      if (!handling || !handling.consent.checked) return faults;
      if (!comments.some(({ question }) => question.code in answers)) faults.push(fault(comments.at(-1), text.errors.handle));
      const email = handling.email.value.trim();
      if (email && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) {
        faults.push({ field: handling, target: handling.email, reason: text.errors.email });
      }
      return faults;
    };

    const saidOf = (answers) => {
      const said = { version: survey.version, language: options.lang, answers };
      if (options.interaction) said.interaction_id = options.interaction.slice(0, 300);
      if (options.servicePoint) said.service_point = options.servicePoint;
      return said;
    };

    const makeEntry = (said, { id = uuid7(), given } = {}) => {
      const given_at = given || new Date(Date.now() + clockOffset).toISOString();
      return { id, api: options.api, survey: survey.code, made: Date.now(), tries: 0, next: 0, body: { id, given_at, ...said } };
    };

    const entryOf = (answers) => {
      const said = saidOf(answers);
      if (handling && handling.consent.checked) {
        said.please_handle = true;
        const email = handling.email.value.trim();
        if (email) said.contact_email = email;
      }
      // The same words sent once more are the same answer, under the same id; so is the whole of what was sent in part.
      const content = JSON.stringify(said);
      if (last && last.content === content) return last.entry;
      last = { content, entry: makeEntry(said, readDraft() || {}) };
      return last.entry;
    };

    // ---- What is chosen when its visitor leaves is sent as a partial response, if the survey is one that says so

    const draftKey = DRAFT + JSON.stringify([options.api, survey.code, survey.version, options.interaction, options.servicePoint]);
    let draft = null;
    let parted = "{}";

    // Another tab may have begun, or ended, the same one.
    const readDraft = () => (draft = kept(draftKey, DRAFT_MS) || draft);
    const dropDraft = () => {
      draft = null;
      if (store) store.removeItem(draftKey);
    };

    const leave = () => {
      if (!survey.widget_sends_partial || sending || !form.isConnected) return;
      const chosen = read();
      // Words that were not sent are nobody's but their writer's.
      comments.forEach(({ question }) => delete chosen[question.code]);
      const content = JSON.stringify(chosen);
      if (content === parted || content === "{}") return;
      parted = content;
      const entry = makeEntry({ ...saidOf(chosen), complete: false }, readDraft() || {});
      draft = { id: entry.id, given: entry.body.given_at, made: draft ? draft.made : Date.now(), chosen };
      try {
        if (store) store.setItem(draftKey, JSON.stringify(draft));
      } catch {
        // full: then only this page knows it
      }
      keep(entry);
      // Not under a lock, which would be given when the page is gone; the service takes an id once.
      attempt(entry).then(() => flush()).catch(warn);
    };

    const comeBack = () => {
      keptAll(DRAFT, DRAFT_MS);
      if (!survey.widget_sends_partial || !readDraft()) return;
      fields.forEach(({ question, write }) => question.code in draft.chosen && write(draft.chosen[question.code]));
      parted = JSON.stringify(draft.chosen);
    };

    const refuse = (code, wrong) => {
      const faults = fields
        .filter(({ question }) => wrong.some((name) => name.split(".")[1] === question.code))
        .map((field) => fault(field, text.errors.answer));
      if (handling && wrong.includes("contact_email")) {
        faults.push({ field: handling, target: handling.email, reason: text.errors.email });
      }
      if (!complain(faults)) notice.replaceChildren(el("p", { class: "notice" }, text.refused[code] || text.refused.other));
    };

    const end = (entry) => (result) => {
      sending = false;
      button.removeAttribute("aria-disabled");
      button.textContent = text.send;
      if (result.state === "sent" || result.kept) dropDraft();
      else completed.delete(entry.id);
      if (result.state === REFUSED) {
        last = null;
        if (!form.isConnected) return done(REFUSED, entry, result.code); // it was said to be waiting
        refuse(result.code, result.wrong || []);
      } else if (result.state === "later" && !result.kept) refuse("not_kept", []);
      else done(result.state, entry);
      return undefined;
    };

    const submit = async () => {
      if (sending) return;
      notice.replaceChildren();
      const answers = read();
      if (complain(faultsOf(answers))) return;
      sending = true;
      button.setAttribute("aria-disabled", "true");
      button.textContent = text.sending;
      const entry = entryOf(answers);
      watchers.set(entry.id, end(entry));
      completed.add(entry.id);
      // Kept before it is sent: closing the page now loses nothing.
      keep(entry);
      await alone(entry.id, () => attempt(entry));
      flush().catch(warn);
    };

    form.addEventListener("input", read);
    form.addEventListener("change", read);
    leavers.add(leave);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit().catch((error) => {
        warn(error);
        end(null)({ state: REFUSED, code: "other" });
      });
    });
    comeBack();
    read();
    return form;
  };

  // ---- A widget on the page

  // A survey's words in the reader's language, else in the widget's, else in Finnish, which every survey has; lang
  // if it is not the widget's.
  const labeller = (lang, own) => (labels) => {
    const found = [lang, own, "fi"].find((code) => labels[code]);
    return { words: labels[found], lang: found === own ? undefined : found };
  };

  const getSurvey = async ({ api, survey }) => {
    const address = `${api}/v1/surveys/${encodeURIComponent(survey)}`;
    const response = await fetch(address, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(SEND_TIMEOUT_MS) });
    const content = await response.json().catch(() => ({}));
    if (!response.ok) throw Object.assign(new Error(content.detail || `answered ${response.status}`), { code: content.code });
    const offset = Date.parse(response.headers.get("Date")) - Date.now();
    clockOffset = Math.abs(offset) > CLOCK_OFF_MS ? offset : 0;
    return content;
  };

  const drawInto = (host, place, options) => {
    const own = TEXTS[options.lang] ? options.lang : "en";
    const text = TEXTS[own];
    const root = host.attachShadow(SHADOW);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    root.adoptedStyleSheets = [sheet];
    const inner = el("div", { class: "inner" });
    const status = el("div", { role: "status", class: "sr" });
    const box = el("section", { class: `katsaus ${options.theme}`, lang: own, "aria-labelledby": "_title", hidden: true }, inner, status);
    root.append(box);
    const heading = (words, attributes = {}) => el(`h${options.heading}`, { class: "title", id: "_title", tabindex: -1, ...attributes }, words);
    const labelled = labeller(options.lang, own);

    const reveal = () => {
      if (place) place.replaceChildren(host);
      box.hidden = false;
    };

    const say = (words, more) => {
      // What the page's owner had put there is better than an excuse.
      if (place && place.childElementCount > 1) return;
      inner.replaceChildren(el("p", { class: "title", id: "_title" }, words), more || "");
      reveal();
    };

    const done = (state, entry, code) => {
      const wasWaiting = inner.querySelector(".wait");
      if (state === "later" && wasWaiting) return;
      const said = {
        later: [text.waiting, text.waiting_more],
        sent: [text.thanks, text.thanks_more, entry.body.please_handle && text.handled_more],
        [REFUSED]: [text.refused[code] || text.refused.other],
      }[state].filter(Boolean);
      const title = heading(said[0]);
      const hadFocus = wasWaiting ? root.activeElement : true;
      const look = { later: "done wait", sent: "done", [REFUSED]: "done wrong" }[state];
      inner.replaceChildren(el("div", { class: look }, title, ...said.slice(1).map((words) => el("p", {}, words))));
      // Whoever has just sent it is led to the thanks; whoever has gone on is only told.
      if (hadFocus) title.focus();
      else status.textContent = said[0];
      if (state === "sent") {
        const detail = { survey: options.survey, id: entry.id };
        host.dispatchEvent(new CustomEvent("katsaus:answered", { bubbles: true, composed: true, detail }));
      }
    };

    notices.add(() => {
      status.textContent = text.refused.earlier;
    });

    const load = async () => {
      try {
        const survey = await getSurvey(options);
        if (!survey.is_open) return say(text.not_open);
        const { words, lang } = labelled(survey.names);
        const tag = survey.is_demonstration ? el("p", { class: "tag" }, text.demonstration) : null;
        const form = drawForm(survey, options, text, labelled, done);
        inner.replaceChildren(...[tag, heading(words, { lang, tabindex: null }), form].filter(Boolean));
        reveal();
      } catch (error) {
        warn(`the survey ${options.survey} cannot be shown:`, error.message);
        // Nothing a resident could do about it: the page's owner reads the console.
        if (error.code) return say(text.refused[error.code] || text.not_loaded);
        const again = el("button", { type: "button", class: "second" }, text.retry);
        again.addEventListener("click", load);
        say(text.not_loaded, again);
      }
      return undefined;
    };
    return load();
  };

  const find = (target) => (typeof target === "string" ? document.querySelector(target) : target);

  const mount = async ({ survey, lang, target, interaction, servicePoint, api, theme, heading, after }) => {
    const place = find(target);
    if (target && !place) return warn(`there is no element ${target} to draw the survey ${survey} in`);
    const options = {
      survey,
      lang: (lang || document.documentElement.lang || "fi").split(/[-_]/)[0].toLowerCase(),
      interaction,
      servicePoint,
      api: api || apiOf(script?.src || location.origin),
      theme: ["light", "dark"].includes(theme) ? theme : "",
      heading: /^[1-6]$/.test(heading) ? heading : 2,
    };
    const host = el("div", { lang: options.lang });
    if (place) place.append(host);
    else if (after && document.body.contains(after)) after.after(host);
    else document.body.append(host);
    apis.add(options.api);
    await drawInto(host, place, options);
    return flush();
  };

  const scan = () => {
    const found = [...document.querySelectorAll("script[data-survey]")].filter((one) => !placed.has(one));
    for (const one of found) {
      const { survey, lang, target, interaction, servicePoint, theme, heading } = one.dataset;
      if (document.readyState === "loading" && (one.parentNode === document.head || (target && !find(target)))) continue;
      placed.add(one);
      mount({ survey, lang, target, interaction, servicePoint, theme, heading, api: apiOf(one.src), after: one }).catch(warn);
    }
  };

  // Another tab has ended what this one waits for.
  window.addEventListener("storage", ({ key, newValue }) => {
    const id = key?.startsWith(ENTRY) && key.slice(ENTRY.length);
    if (!id || !watchers.has(id)) return;
    if (newValue === REFUSED) tell(id, { state: REFUSED, code: "other" });
    else if (newValue === null) tell(id, { state: "sent" });
  });
  window.addEventListener("online", () => flush(true).catch(warn));
  const left = () => leavers.forEach((leave) => leave());
  window.addEventListener("pagehide", left);
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? flush().catch(warn) : left()));
  document.addEventListener("DOMContentLoaded", scan);
  window[NAME] = Object.freeze({ mount: (options) => mount(options).catch(warn), scan });
  scan();
})();
