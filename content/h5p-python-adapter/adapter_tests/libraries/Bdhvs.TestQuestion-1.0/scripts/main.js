/* One question with one right answer, by the contract that H5P's own question types keep. */
var Bdhvs = Bdhvs || {};

Bdhvs.TestQuestion = (function (EventDispatcher) {
  'use strict';

  function TestQuestion(params, contentId, extras) {
    EventDispatcher.call(this);
    var self = this;
    extras = extras || {};
    var answers = params.answers || [];
    var chosen = extras.previousState && typeof extras.previousState.chosen === 'number' ? extras.previousState.chosen : -1;
    var buttons = [];
    var verdict = document.createElement('p');
    verdict.setAttribute('role', 'status');

    self.getScore = function () { return chosen >= 0 && answers[chosen].correct ? 1 : 0; };
    self.getMaxScore = function () { return 1; };
    self.getAnswerGiven = function () { return chosen >= 0; };
    self.getTitle = function () { return H5P.createTitle(params.question || ''); };
    self.getCurrentState = function () { return chosen < 0 ? undefined : { chosen: chosen }; };

    function about(definition) {
      definition.interactionType = 'choice';
      definition.type = 'http://adlnet.gov/expapi/activities/cmi.interaction';
      definition.description = { 'en-US': params.question || '' };
      definition.choices = answers.map(function (answer, number) {
        return { id: String(number), description: { 'en-US': answer.text } };
      });
      definition.correctResponsesPattern = [
        String(answers.findIndex(function (answer) { return answer.correct; }))
      ];
    }
    self.getXAPIData = function () {
      var event = self.createXAPIEventTemplate('answered');
      about(event.getVerifiedStatementValue(['object', 'definition']));
      event.setScoredResult(self.getScore(), 1, self, true, self.getScore() === 1);
      event.data.statement.result.response = String(chosen);
      return { statement: event.data.statement };
    };

    function draw() {
      buttons.forEach(function (button, number) {
        button.setAttribute('aria-pressed', number === chosen ? 'true' : 'false');
      });
      verdict.textContent = chosen < 0 ? '' : self.getScore() ? 'Đúng' : 'Chưa đúng';
    }
    function choose(number) {
      chosen = number;
      draw();
      var event = self.createXAPIEventTemplate('answered');
      event.data.statement = self.getXAPIData().statement;
      self.trigger(event);
      if (self.isRoot()) self.triggerXAPIScored(self.getScore(), 1, 'completed', true, self.getScore() === 1);
      self.trigger('resize');
    }
    self.attach = function ($container) {
      var box = $container.get(0);
      box.classList.add('bdhvs-test-question');
      var text = document.createElement('div');
      // Text of an editor is HTML, styles and all.
      text.innerHTML = params.question || '';
      box.appendChild(text);
      answers.forEach(function (answer, number) {
        var button = document.createElement('button');
        button.type = 'button';
        button.textContent = answer.text;
        button.addEventListener('click', function () { choose(number); });
        buttons.push(button);
        box.appendChild(button);
      });
      box.appendChild(verdict);
      draw();
      self.setActivityStarted();
    };
  }
  TestQuestion.prototype = Object.create(EventDispatcher.prototype);
  TestQuestion.prototype.constructor = TestQuestion;
  return TestQuestion;
})(H5P.EventDispatcher);
