/* Shows something and says nothing, as Dialog Cards and Timeline do. Reaches for all that such content types reach for:
   a picture and subtitles by H5P.getPath, a file of its own by jQuery, a drawing from a library, storage, a canvas. */
var Bdhvs = Bdhvs || {};

Bdhvs.TestSilent = function (params, contentId) {
  'use strict';
  this.attach = function ($container) {
    localStorage.setItem('bdhvs', 'kept for now');
    sessionStorage.bdhvs = document.cookie + localStorage.getItem('bdhvs');
    $container.addClass('bdhvs-test-silent').html(
      '<div style="font-weight: bold">' + (params.text || 'Chỉ xem') + '</div><p class="hello"></p><p class="words"></p>'
    );
    $container.prepend(Bdhvs.TestShared.heading('Chỉ xem'));
    Bdhvs.TestShared.words().done(function (words) { $container.find('.hello').text(words.hello); });
    if (params.words) H5P.jQuery.get(H5P.getPath(params.words.path, contentId)).done(function (words) {
      $container.find('.words').text(words.said);
    });
    if (params.picture) {
      var picture = document.createElement('img');
      picture.alt = 'Hình';
      picture.onload = function () {
        var canvas = document.createElement('canvas');
        canvas.getContext('2d').drawImage(picture, 0, 0);
        picture.dataset.read = canvas.toDataURL().slice(0, 14);
      };
      H5P.setSource(picture, params.picture, contentId);
      $container.append(picture);
    }
    if (params.subtitles) {
      var video = document.createElement('video');
      var track = document.createElement('track');
      track.kind = 'subtitles';
      track.default = true;
      track.onload = function () { video.dataset.cues = track.track.cues.length; };
      track.src = H5P.getPath(params.subtitles.path, contentId);
      video.appendChild(track);
      $container.append(video);
    }
  };
};
