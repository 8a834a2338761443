/* One question with one right answer, and why: real radio buttons, for fingers, keyboards and screen readers. */
var Bdhvs = Bdhvs || {};

Bdhvs.Choice = (function (EventDispatcher) {
  'use strict';
  var count = 0;
  var WORDS = {
    check: 'Kiểm tra', again: 'Làm lại câu này', right: 'Đúng.', wrong: 'Chưa đúng.', choose: 'Chọn một câu trả lời trước.'
  };

  function make(tag, properties, children) {
    var element = document.createElement(tag);
    Object.keys(properties || {}).forEach(function (key) { element[key] = properties[key]; });
    (children || []).forEach(function (child) { element.appendChild(child); });
    return element;
  }

  function Choice(params, contentId, extras) {
    EventDispatcher.call(this);
    var self = this;
    var options = params.options || [];
    var words = Object.assign({}, WORDS, params.words);
    var name = 'bdhvs-choice-' + (++count);
    var before = (extras && extras.previousState) || {};
    var chosen = Number.isInteger(before.chosen) && options[before.chosen] ? before.chosen : -1;
    var checked = chosen >= 0 && before.checked === true;
    var inputs = [];
    var said = make('p', { className: 'bdhvs-choice-said' });
    var check = make('button', { type: 'button', className: 'bdhvs-choice-button', textContent: words.check });
    var again = make('button', { type: 'button', className: 'bdhvs-choice-button bdhvs-choice-again', textContent: words.again });
    said.setAttribute('role', 'status');

    // The contract of question types: https://h5p.org/documentation/developers/contracts
    self.getScore = function () { return checked && options[chosen].right ? 1 : 0; };
    self.getMaxScore = function () { return 1; };
    self.getAnswerGiven = function () { return checked; };
    self.getTitle = function () { return H5P.createTitle((extras && extras.metadata && extras.metadata.title) || params.prompt || ''); };
    self.getCurrentState = function () { return chosen < 0 ? undefined : { chosen: chosen, checked: checked }; };
    self.showSolutions = function () {};
    self.resetTask = function () {
      chosen = -1;
      checked = false;
      draw();
    };
    self.getXAPIData = function () { return { statement: answered().data.statement }; };

    function answered() {
      var event = self.createXAPIEventTemplate('answered');
      var definition = event.getVerifiedStatementValue(['object', 'definition']);
      definition.type = 'http://adlnet.gov/expapi/activities/cmi.interaction';
      definition.interactionType = 'choice';
      definition.description = { 'en-US': params.prompt || '' };
      definition.choices = options.map(function (option, number) {
        return { id: String(number), description: { 'en-US': option.text } };
      });
      definition.correctResponsesPattern = options.reduce(function (found, option, number) {
        return option.right ? found.concat(String(number)) : found;
      }, []);
      event.setScoredResult(self.getScore(), 1, self, true, self.getScore() === 1);
      event.data.statement.result.response = String(chosen);
      return event;
    }

    function draw() {
      inputs.forEach(function (input, number) {
        input.checked = number === chosen;
        input.disabled = checked;
        input.parentNode.classList.toggle('bdhvs-choice-right', checked && number === chosen && Boolean(options[number].right));
        input.parentNode.classList.toggle('bdhvs-choice-wrong', checked && number === chosen && !options[number].right);
      });
      check.hidden = checked;
      again.hidden = !checked;
      said.textContent = checked ? (options[chosen].right ? '✓ ' + words.right : '✗ ' + words.wrong) + ' ' + (options[chosen].why || '') : '';
      self.trigger('resize');
    }

    check.addEventListener('click', function () {
      if (chosen < 0) {
        said.textContent = words.choose;
        inputs[0].focus();
        self.trigger('resize');
        return;
      }
      checked = true;
      draw();
      again.focus();
      self.trigger(answered());
      if (self.isRoot()) self.triggerXAPIScored(self.getScore(), 1, 'completed', true, self.getScore() === 1);
    });
    again.addEventListener('click', function () {
      self.resetTask();
      inputs[0].focus();
    });

    self.attach = function ($container) {
      var rows = options.map(function (option, number) {
        var input = make('input', { type: 'radio', name: name, value: String(number) });
        input.addEventListener('change', function () {
          chosen = number;
          self.setActivityStarted();
        });
        inputs.push(input);
        return make('label', { className: 'bdhvs-choice-option' }, [input, make('span', { textContent: option.text })]);
      });
      var box = $container.get(0);
      box.classList.add('bdhvs-choice');
      box.appendChild(make('fieldset', {}, [make('legend', { textContent: params.prompt || '' })].concat(rows)));
      box.appendChild(said);
      box.appendChild(check);
      box.appendChild(again);
      draw();
      self.setActivityStarted();
    };
  }

  Choice.prototype = Object.create(EventDispatcher.prototype);
  Choice.prototype.constructor = Choice;
  return Choice;
})(H5P.EventDispatcher);
