// What is closed in a row of a question is opened where it says something: an editor sees what is there.
window.addEventListener('load', () => {
  document.querySelectorAll('.question-more').forEach((more) => {
    const filled = [...more.querySelectorAll('input, textarea, select')].some(
      (field) => field.type !== 'hidden' && field.value.trim() !== '',
    );
    const toggle = more.closest('.w-panel')?.querySelector('[data-panel-toggle]');
    if (filled && toggle?.getAttribute('aria-expanded') === 'false') toggle.click();
  });
});
