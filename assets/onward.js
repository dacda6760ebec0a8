// Goes on when every frame has loaded, or after two seconds: an application that hangs keeps nobody (Front-Channel Logout 1.0).
(() => {
  let gone = false;
  const onward = () => {
    const link = document.querySelector("a[data-onward]");
    if (gone || !link) return;
    gone = true;
    location.replace(link.href);
  };
  setTimeout(onward, 2000);
  const watch = () => {
    const frames = [...document.querySelectorAll("iframe[data-told]")];
    let left = frames.length;
    if (!left) onward();
    frames.forEach((frame) => frame.addEventListener("load", () => { left -= 1; if (!left) onward(); }, { once: true }));
  };
  // The frames begin to load as they are parsed: whoever looks later may have missed one, and then the two seconds decide.
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch, { once: true });
  else watch();
})();
