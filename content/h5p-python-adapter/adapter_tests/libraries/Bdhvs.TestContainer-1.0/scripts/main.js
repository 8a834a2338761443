/* Several pieces of content in one, as H5P's Column and Question Set hold them. */
var Bdhvs = Bdhvs || {};

Bdhvs.TestContainer = (function (EventDispatcher) {
  'use strict';

  function TestContainer(params, contentId, extras) {
    EventDispatcher.call(this);
    var self = this;
    var before = (extras && extras.previousState && extras.previousState.parts) || [];
    var finished = false;
    var parts = (params.items || []).map(function (item, number) {
      var piece = H5P.jQuery.extend({}, item);
      if (before[number]) piece.userDatas = { state: before[number] };
      var part = H5P.newRunnable(piece, contentId, undefined, true, { parent: self });
      if (part) part.on('xAPI', function (event) {
        if (event.getVerb() === 'answered') setTimeout(check, 0);
      });
      if (part) part.on('resize', function () { self.trigger('resize'); });
      return part;
    });
    var questions = parts.filter(function (part) { return part && part.getMaxScore; });

    self.getScore = function () {
      return questions.reduce(function (sum, part) { return sum + part.getScore(); }, 0);
    };
    self.getMaxScore = function () {
      return questions.reduce(function (sum, part) { return sum + part.getMaxScore(); }, 0);
    };
    self.getCurrentState = function () {
      return { parts: parts.map(function (part) { return part && part.getCurrentState ? part.getCurrentState() : undefined; }) };
    };
    function check() {
      if (finished || !questions.every(function (part) { return part.getAnswerGiven(); })) return;
      finished = true;
      self.triggerXAPIScored(self.getScore(), self.getMaxScore(), 'completed', true, self.getScore() === self.getMaxScore());
    }
    self.attach = function ($container) {
      var box = $container.get(0);
      box.classList.add('bdhvs-test-container');
      box.appendChild(Bdhvs.TestShared.heading(params.title || 'Nhiều phần'));
      parts.forEach(function (part) {
        var place = document.createElement('div');
        box.appendChild(place);
        if (part) part.attach(H5P.jQuery(place));
      });
      self.setActivityStarted();
    };
  }
  TestContainer.prototype = Object.create(EventDispatcher.prototype);
  TestContainer.prototype.constructor = TestContainer;
  return TestContainer;
})(H5P.EventDispatcher);
