/* Several questions on one page: one load on a bad line. Says that it is finished when each has been checked. */
var Bdhvs = Bdhvs || {};

Bdhvs.ChoiceSet = (function (EventDispatcher) {
  'use strict';
  var WORDS = { place: 'Câu @place/@total', result: 'Đúng @score/@max câu.', open: 'Còn @left câu chưa kiểm tra.' };

  function filled(text, values) {
    return text.replace(/@(\w+)/g, function (whole, name) { return name in values ? values[name] : whole; });
  }

  function ChoiceSet(params, contentId, extras) {
    EventDispatcher.call(this);
    var self = this;
    var words = Object.assign({}, WORDS, params.words);
    var before = (extras && extras.previousState && extras.previousState.questions) || [];
    var result = document.createElement('p');
    result.className = 'bdhvs-choice-set-result';
    result.setAttribute('role', 'status');

    var questions = (params.questions || []).map(function (piece, number) {
      var given = Object.assign({}, piece);
      if (before[number]) given.userDatas = { state: before[number] };
      return H5P.newRunnable(given, contentId, undefined, true, { parent: self });
    }).filter(Boolean);

    var sum = function (method) {
      return questions.reduce(function (all, question) { return all + question[method](); }, 0);
    };
    self.getScore = function () { return sum('getScore'); };
    self.getMaxScore = function () { return sum('getMaxScore'); };
    self.getAnswerGiven = function () { return questions.some(function (question) { return question.getAnswerGiven(); }); };
    self.getTitle = function () { return H5P.createTitle((extras && extras.metadata && extras.metadata.title) || ''); };
    self.showSolutions = function () {};
    self.resetTask = function () { questions.forEach(function (question) { question.resetTask(); }); };
    self.getCurrentState = function () {
      var states = questions.map(function (question) { return question.getCurrentState() || null; });
      return states.some(Boolean) ? { questions: states } : undefined;
    };
    self.getXAPIData = function () {
      var event = self.createXAPIEventTemplate('answered');
      event.setScoredResult(self.getScore(), self.getMaxScore(), self, true, self.getScore() === self.getMaxScore());
      return {
        statement: event.data.statement,
        children: questions.map(function (question) { return question.getXAPIData(); })
      };
    };

    function show() {
      var left = questions.filter(function (question) { return !question.getAnswerGiven(); }).length;
      if (left === questions.length) result.textContent = '';
      else if (left) result.textContent = filled(words.open, { left: left });
      else result.textContent = filled(words.result, { score: self.getScore(), max: self.getMaxScore() });
      self.trigger('resize');
      return left;
    }

    self.attach = function ($container) {
      var box = $container.get(0);
      box.classList.add('bdhvs-choice-set');
      if (params.intro) {
        var intro = document.createElement('p');
        intro.textContent = params.intro;
        box.appendChild(intro);
      }
      questions.forEach(function (question, number) {
        var card = document.createElement('section');
        var place = document.createElement('p');
        place.className = 'bdhvs-choice-set-place';
        place.textContent = filled(words.place, { place: number + 1, total: questions.length });
        card.setAttribute('aria-label', place.textContent);
        card.appendChild(place);
        var inner = document.createElement('div');
        card.appendChild(inner);
        box.appendChild(card);
        question.attach(H5P.jQuery(inner));
        question.on('resize', function () { self.trigger('resize'); });
        question.on('xAPI', function (event) {
          if (event.getVerb() !== 'answered') return;
          // After it: what has been answered comes before what is finished.
          setTimeout(function () {
            if (show()) return;
            self.triggerXAPIScored(self.getScore(), self.getMaxScore(), 'completed', true, self.getScore() === self.getMaxScore());
          }, 0);
        });
      });
      box.appendChild(result);
      show();
      self.setActivityStarted();
    };
  }

  ChoiceSet.prototype = Object.create(EventDispatcher.prototype);
  ChoiceSet.prototype.constructor = ChoiceSet;
  return ChoiceSet;
})(H5P.EventDispatcher);
