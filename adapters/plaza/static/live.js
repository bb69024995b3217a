// Everything on these pages can be read without this. It puts times into the reader's own time zone
// and lets posts appear, change and go while the page is open.
(() => {
  "use strict";

  const language = document.documentElement.lang;
  const stamp = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

  function localise(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      time.title = time.textContent;
      time.textContent = stamp.format(new Date(time.dateTime));
    }
  }

  // The markup comes from this very site, which escapes all that people wrote; the page's policy
  // forbids inline scripts besides.
  function made(markup) {
    const template = document.createElement("template");
    template.innerHTML = markup;
    localise(template.content);
    return template.content.firstElementChild;
  }

  function arrive(stream, post) {
    post.classList.add("arrived");
    if (stream.hasAttribute("data-append")) stream.append(post);
    else stream.prepend(post);
    document.getElementById("empty")?.remove();
  }

  function replace(old, post) {
    const open = old.querySelector("details")?.open;
    const details = post.querySelector("details");
    if (open && details) details.open = true;
    if (old.classList.contains("subject")) post.classList.add("subject");
    old.replaceWith(post);
  }

  function listen(stream) {
    const source = new EventSource(stream.dataset.events);
    const on = (kind, act) =>
      source.addEventListener(kind, (event) => {
        const { id, html } = JSON.parse(event.data);
        act(document.getElementById(id), html);
      });
    on("new", (old, html) => (old ? replace(old, made(html)) : arrive(stream, made(html))));
    on("edited", (old, html) => old && replace(old, made(html)));
    on("gone", (old) => old?.remove());
    window.addEventListener("pagehide", () => source.close());
    // A page that comes back from the browser's memory has missed what happened since.
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  localise(document);
  const stream = document.querySelector("[data-events]");
  if (stream) listen(stream);
})();
