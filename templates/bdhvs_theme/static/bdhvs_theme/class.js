// A matrix that is wider than its page scrolls sideways in its frame, and a frame that scrolls holds its sticky head back.
// So the head is moved by hand; without this script it only stays where it is.
"use strict";
for (const frame of document.querySelectorAll(".matrix-frame")) {
  const head = frame.querySelector("thead");
  const place = () => {
    const wide = frame.scrollWidth > frame.clientWidth + 1;
    const box = frame.getBoundingClientRect();
    const most = Math.max(0, box.height - head.offsetHeight);
    const by = wide ? Math.min(Math.max(0, -box.top), most) : 0;
    for (const cell of head.querySelectorAll("th")) cell.style.top = wide ? `${by}px` : "";
    head.classList.toggle("moved", wide);
  };
  addEventListener("scroll", place, { passive: true });
  addEventListener("resize", place);
  place();
}
