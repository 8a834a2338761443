/* The page around a player's frame. The frame is a stranger's program: it is given one port and is believed nothing but
   numbers and JSON, which the server judges. What it may take of the page has a measure.

     const frame = H5PFrame.attach(iframe, {
       address,              // of the player's document, as the server gave it out
       files,                // beginnings of the addresses that the page fetches for it: what never changes
       states,               // what was kept: [{subContentId, dataType, data}]
       letters,              // a function: how large the page's letters are, 1 for 16 pixels
       on: {                 // each may be left out
         statement(statement), state({subContentId, dataType, data}), shown(), broken(), halted(),
       },
     });
     frame.letters();        // the page's letters have changed
     frame.close();

   The frame fetches nothing of this by itself: with an opaque origin it would fetch it anew each time. The page fetches
   without cookies, the browser keeps what never changes, and a frame can ask for nothing that it could not fetch. */
window.H5PFrame = (() => {
  "use strict";
  // How high a frame may get (below that it scrolls), how large one thing may be that it says; how many files it may
  // ask for, how many at a time, and bytes of one and of all; how often it may begin anew, and with how many states.
  const HIGHEST = 10000, LARGEST = 300000, MOST_FILES = 64, AT_ONCE = 4, LARGEST_FILE = 3e7, ALL_FILES = 6e7;
  const MOST_STARTS = 20, MOST_STATES = 64;
  // Between two tries to fetch a file, in milliseconds, and for how long one may go on.
  const AGAIN = [500, 1000, 2000, 4000, 8000], LONGEST = 300000;

  // What may be taken at once, and how many a second after that.
  const bucket = (most, each) => {
    let left = most, last = performance.now();
    return () => {
      const now = performance.now();
      left = Math.min(most, left + ((now - last) * each) / 1000);
      last = now;
      return left >= 1 && left-- >= 1;
    };
  };
  // For so long, or until the line is back.
  const pause = (time) => new Promise((done) => {
    setTimeout(done, time);
    addEventListener("online", done, { once: true });
  });
  const small = (value) => {
    try { return JSON.stringify(value).length <= LARGEST; } catch { return false; }
  };

  const attach = (frame, { address, files, states = [], letters = () => 1, on = {} }) => {
    const base = new URL(address, document.baseURI), beginnings = files.map((one) => new URL(one, base).href);
    // What the frame has given to be kept since: for one that begins anew.
    const newest = new Map(states.map((one) => [`${one.subContentId} ${one.dataType}`, one]));
    let port = null, halted = false, asked = 0, started = 0, left = ALL_FILES;

    // A frame that grows because it has grown is given time in between, and an end.
    let height = 0, sizing = 0;
    const mayGrow = bucket(40, 2);
    const fit = () => {
      const may = mayGrow();
      if (may) frame.style.height = `${height}px`;
      sizing = setTimeout(() => {
        sizing = 0;
        if (frame.style.height !== `${height}px`) fit();
      }, may ? 50 : 500);
    };

    const close = () => {
      halted = true;
      clearTimeout(sizing);
      port?.close();
      removeEventListener("message", meet);
    };

    const fetched = async (url) => {
      for (let tried = 0; !halted; tried += 1) {
        try {
          const plain = { credentials: "omit", referrerPolicy: "no-referrer", redirect: "manual" };
          const answer = await fetch(url, { ...plain, signal: AbortSignal.timeout?.(LONGEST) });
          if (answer.ok) {
            if (Number(answer.headers.get("Content-Length")) > Math.min(LARGEST_FILE, left)) return null;
            const bytes = await answer.arrayBuffer();
            left -= bytes.byteLength;
            return left >= 0 ? bytes : null;
          }
          if (answer.status < 500 && answer.status !== 408 && answer.status !== 429) return null;
        } catch { /* the line is down */ }
        await pause(AGAIN[Math.min(tried, AGAIN.length - 1)]);
      }
      return null;
    };
    // A few at a time: each waits for the one that was asked for so many before it.
    const turns = Array.from({ length: AT_ONCE }, () => Promise.resolve());
    const inTurn = (url) => {
      const turn = asked % AT_ONCE;
      return (turns[turn] = turns[turn].then(() => fetched(url)));
    };

    const heard = {
      file: async ({ address: wanted }) => {
        let url = null;
        try { url = new URL(String(wanted).slice(0, 2000), base).href; } catch { /* no address */ }
        // As the browser reads it: dots have led out of it by now; what a server might read as such is refused.
        const ours = url !== null && !/%(?:2e|2f|5c)/i.test(url) && beginnings.some((one) => url.startsWith(one));
        const to = port, bytes = asked++ < MOST_FILES && ours ? await inTurn(url) : null;
        if (!halted) to.postMessage({ t: "file", address: wanted, bytes }, bytes ? [bytes] : []);
      },
      size: ({ h }) => {
        if (!Number.isFinite(h)) return;
        height = Math.min(Math.max(Math.ceil(h), 40), HIGHEST);
        if (!sizing) fit();
      },
      statement: ({ s }) => { if (small(s)) on.statement?.(s); },
      state: ({ part, kind, data }) => {
        const one = { subContentId: String(part), dataType: String(kind), data: typeof data === "string" ? data : null };
        if (!small(one)) return;
        const which = `${one.subContentId} ${one.dataType}`;
        if (newest.size < MOST_STATES || newest.has(which)) newest.set(which, one);
        on.state?.(one);
      },
      shown: () => on.shown?.(),
      broken: () => on.broken?.(),
    };
    // An activity of a hundred questions says three hundred things when it ends, and no more than a few a second else.
    const mayTell = bucket(600, 20);
    const halt = () => {
      close();
      on.halted?.();
    };
    const meet = (event) => {
      if (halted || event.source !== frame.contentWindow || event.origin !== "null") return;
      if (!event.data || event.data.h5p !== "frame" || event.data.t !== "ready") return;
      // A frame that was loaded anew, by its content or by going back, begins where it was.
      if (started++ >= MOST_STARTS) return void halt();
      port?.close();
      const channel = new MessageChannel();
      port = channel.port1;
      port.onmessage = ({ data }) => {
        if (halted) return;
        if (!mayTell()) halt();
        else if (data && Object.hasOwn(heard, data.t)) heard[data.t](data);
      };
      const given = { states: [...newest.values()].filter((one) => one.data !== null), letters: letters() };
      // An opaque origin cannot be named; the page's policy keeps the frame where it is.
      frame.contentWindow.postMessage(given, "*", [channel.port2]);
    };
    addEventListener("message", meet);
    frame.src = address;
    return { close, letters: () => { if (port && !halted) port.postMessage({ t: "letters", letters: letters() }); } };
  };
  return { attach };
})();
