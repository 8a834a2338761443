/* On leaving a field Wagtail's date picker puts another day for one that does not exist: 03/03 for 31/02. What was typed
   stays, and the server says that there is no such day. */
if (window.jQuery && jQuery.fn.datetimepicker) {
  jQuery.fn.datetimepicker.defaults.validateOnBlur = false;
}
