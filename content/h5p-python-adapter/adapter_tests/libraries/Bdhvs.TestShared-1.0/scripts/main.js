/* What the test libraries share: a heading, and a file of this library that is fetched at run time. */
var H5P = H5P || {};
var Bdhvs = Bdhvs || {};

Bdhvs.TestShared = {
  heading: function (text) {
    var heading = document.createElement('h2');
    heading.className = 'bdhvs-shared-heading';
    heading.textContent = text;
    return heading;
  },
  words: function () {
    // As many content types do: jQuery, which adds a header of its own.
    return H5P.jQuery.getJSON(H5P.getLibraryPath('Bdhvs.TestShared-1.0') + '/words.json');
  }
};
