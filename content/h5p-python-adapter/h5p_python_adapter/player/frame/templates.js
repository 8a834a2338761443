/* Templates of EmbeddedJS, which H5P.MultiChoice up to 1.14 and H5P.QuestionSet up to 1.17 write their HTML with: that
   library makes a program of a text and runs it, which no policy here allows. This reads the same texts and does what
   they say: conditions, loops, values. What else JavaScript can say it does not know, and refuses. */
(() => {
  "use strict";
  const TOKEN = /\s+|\/\/[^\n]*|\/\*[^]*?\*\/|(\d+(?:\.\d+)?)|("(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*')|([A-Za-z_$][\w$]*)|([!=]==?|[<>]=?|&&|\|\||\+\+|--|[-+]=|[-+*/%!?:.,;=()[\]{}])/y;
  const TAG = /<%%|<%([=#]?)([^]*?)%>/g;
  const ESCAPED = { n: "\n", t: "\t", r: "\r", "\n": "" };
  const WORDS = { true: true, false: false, null: null, undefined: undefined };
  const BINARY = [
    { "||": (a, b) => a() || b() },
    { "&&": (a, b) => a() && b() },
    {
      "===": (a, b) => a() === b(), "!==": (a, b) => a() !== b(),
      "==": (a, b) => a() == b(), "!=": (a, b) => a() != b(),
    },
    { "<": (a, b) => a() < b(), ">": (a, b) => a() > b(), "<=": (a, b) => a() <= b(), ">=": (a, b) => a() >= b() },
    { "+": (a, b) => a() + b(), "-": (a, b) => a() - b() },
    { "*": (a, b) => a() * b(), "/": (a, b) => a() / b(), "%": (a, b) => a() % b() },
  ];

  const unknown = (what) => { throw new SyntaxError(`a template says what is not known here: ${what}`); };
  const shown = (value) =>
    value === null || value === undefined ? "" : value instanceof Date ? value.toDateString() : String(value);

  // --- From a text to tokens: {k: kind, v: value}
  const tokens = (text) => {
    const found = [];
    const plain = (piece) => { if (piece) found.push({ k: "text", v: piece }); };
    const code = (piece) => {
      TOKEN.lastIndex = 0;
      while (TOKEN.lastIndex < piece.length) {
        const at = TOKEN.lastIndex, match = TOKEN.exec(piece);
        if (!match) unknown(piece.slice(at, at + 20));
        const [, number, string, name, sign] = match;
        if (number) found.push({ k: "value", v: Number(number) });
        else if (string) {
          found.push({ k: "value", v: string.slice(1, -1).replace(/\\([^])/g, (_, one) => {
            if (/[ux0-9]/.test(one)) unknown(string);
            return one in ESCAPED ? ESCAPED[one] : one;
          }) });
        } else if (name) found.push(Object.hasOwn(WORDS, name) ? { k: "value", v: WORDS[name] } : { k: "name", v: name });
        else if (sign) found.push({ k: sign });
      }
    };
    let last = 0;
    for (const match of text.matchAll(TAG)) {
      plain(text.slice(last, match.index));
      last = match.index + match[0].length;
      if (match[0] === "<%%") plain("<%");
      else if (match[1] === "=") {
        found.push({ k: "show" });
        code(match[2]);
        found.push({ k: "shown" });
      } else if (!match[1]) code(match[2]);
    }
    plain(text.slice(last));
    found.push({ k: "end" });
    return found;
  };

  // --- From tokens to functions of a scope: {get, set?}, and statements
  const parsed = (list) => {
    let at = 0;
    const is = (kind, word) => list[at].k === kind && (word === undefined || list[at].v === word);
    const took = (kind, word) => is(kind, word) && list[at++];
    const take = (kind, word) => took(kind, word) || unknown(list[at].v ?? list[at].k);

    const changed = (target, by, prefix) => {
      if (!target.set) unknown("++");
      return { get: (scope) => {
        const old = Number(target.get(scope));
        target.set(scope, old + by);
        return prefix ? old + by : old;
      } };
    };
    const primary = () => {
      let token;
      if ((token = took("value"))) return { get: () => token.v };
      if ((token = took("name"))) {
        const name = token.v;
        if (/^(?:function|new|return|while|do|switch|throw|try|this|delete|void|typeof|let|const|class)$/.test(name)) unknown(name);
        return {
          get: ({ own, given }) => {
            const holder = [own, given, window].find((one) => name in one);
            if (!holder) throw new ReferenceError(`${name} is not defined`);
            return holder[name];
          },
          set: ({ own, given }, value) => { (!(name in own) && name in given ? given : own)[name] = value; },
        };
      }
      take("(");
      const inner = expression();
      take(")");
      return { get: inner.get };
    };
    const member = (holder, key) => ({
      get: (scope) => holder.get(scope)[key(scope)],
      set: (scope, value) => { holder.get(scope)[key(scope)] = value; },
      call: (scope, given) => {
        const one = holder.get(scope);
        return one[key(scope)](...given);
      },
    });
    const postfix = () => {
      let node = primary();
      for (;;) {
        if (took(".")) {
          // Words that are values elsewhere are names here.
          const token = took("name") || take("value"), name = token.k === "name" ? token.v : String(token.v);
          node = member(node, () => name);
        } else if (took("[")) {
          const key = expression();
          take("]");
          node = member(node, key.get);
        } else if (took("(")) {
          const given = [], callee = node;
          while (!took(")")) {
            if (given.length) take(",");
            given.push(expression());
          }
          node = { get: (scope) => {
            const values = given.map((one) => one.get(scope));
            return callee.call ? callee.call(scope, values) : callee.get(scope)(...values);
          } };
        } else break;
      }
      return took("++") ? changed(node, 1, false) : took("--") ? changed(node, -1, false) : node;
    };
    const unary = () => {
      for (const [sign, of] of [["!", (value) => !value], ["-", (value) => -value], ["+", (value) => +value]]) {
        if (took(sign)) {
          const node = unary();
          return { get: (scope) => of(node.get(scope)) };
        }
      }
      return took("++") ? changed(unary(), 1, true) : took("--") ? changed(unary(), -1, true) : postfix();
    };
    const binary = (level) => {
      if (level === BINARY.length) return unary();
      let node = binary(level + 1);
      while (Object.hasOwn(BINARY[level], list[at].k)) {
        const of = BINARY[level][list[at++].k], left = node, right = binary(level + 1);
        node = { get: (scope) => of(() => left.get(scope), () => right.get(scope)) };
      }
      return node;
    };
    function expression() {
      const node = binary(0);
      if (took("?")) {
        const yes = expression();
        take(":");
        const no = expression();
        return { get: (scope) => (node.get(scope) ? yes : no).get(scope) };
      }
      for (const sign of ["=", "+=", "-="]) {
        if (!took(sign)) continue;
        if (!node.set) unknown(sign);
        const value = expression();
        return { get: (scope) => {
          const next = value.get(scope);
          const whole = sign === "=" ? next : sign === "+=" ? node.get(scope) + next : node.get(scope) - next;
          node.set(scope, whole);
          return whole;
        } };
      }
      return node;
    }

    const simple = () => {
      if (!took("name", "var")) {
        const node = expression();
        return (scope) => { node.get(scope); };
      }
      const made = [];
      do {
        const name = take("name").v, value = took("=") ? expression() : { get: () => undefined };
        made.push((scope) => { scope.own[name] = value.get(scope); });
      } while (took(","));
      return (scope) => made.forEach((one) => one(scope));
    };
    const condition = () => {
      take("(");
      const node = expression();
      take(")");
      return node;
    };
    const loop = () => {
      take("(");
      const start = at;
      took("name", "var");
      const name = took("name");
      if (name && took("name", "in")) {
        const object = expression();
        take(")");
        const body = statement();
        return (scope) => {
          for (const key in object.get(scope)) {
            scope.own[name.v] = key;
            body(scope);
          }
        };
      }
      at = start;
      const first = is(";") ? () => {} : simple();
      take(";");
      const goes = is(";") ? { get: () => true } : expression();
      take(";");
      const next = is(")") ? { get: () => {} } : expression();
      take(")");
      const body = statement();
      return (scope) => { for (first(scope); goes.get(scope); next.get(scope)) body(scope); };
    };
    function statement() {
      let token;
      while (took(";"));
      if (is("}") || is("end")) return () => {};
      if ((token = took("text"))) return (scope) => { scope.out.push(token.v); };
      if (took("show")) {
        const node = expression();
        took(";");
        take("shown");
        return (scope) => { scope.out.push(shown(node.get(scope))); };
      }
      if (took("{")) {
        const body = [];
        while (!took("}")) body.push(is("end") ? unknown("{") : statement());
        return (scope) => body.forEach((one) => one(scope));
      }
      if (took("name", "if")) {
        const test = condition(), yes = statement();
        const no = took("name", "else") ? statement() : () => {};
        return (scope) => (test.get(scope) ? yes : no)(scope);
      }
      if (took("name", "for")) return loop();
      const done = simple();
      took(";");
      return done;
    }

    const whole = [];
    while (!took("end")) whole.push(is("}") ? unknown("}") : statement());
    return whole;
  };

  /** EmbeddedJS's object for a text; a SyntaxError when it says more than is known here. */
  window.h5pFrame.template = (text) => {
    const whole = parsed(tokens(text.replace(/\r\n?/g, "\n")));
    return {
      render: (given) => {
        const scope = { own: Object.create(null), given: Object(given ?? {}), out: [] };
        whole.forEach((one) => one(scope));
        return scope.out.join("");
      },
    };
  };
})();
