// Loads the page again when its site was built anew. Only `leaderboard serve` adds this script.
"use strict";
(() => {
  const own = new URL(document.currentScript.src).searchParams.get("version");
  const EVERY = 1000; // milliseconds
  let banner = null;

  const say = (text) => {
    if (banner === null) {
      banner = document.createElement("p");
      banner.setAttribute("role", "status");
      banner.className = "served";
      document.querySelector("header").after(banner);
    }
    banner.textContent = text;
    banner.hidden = text === "";
  };

  const ask = async () => {
    try {
      const answer = await fetch("/live/state", { cache: "no-store" });
      const state = await answer.json();
      if (state.version !== own) {
        location.reload(); // the hash stays, and with it what was chosen
        return;
      }
      if (state.fault !== "" || banner !== null) {
        say(state.fault);
      }
    } catch {
      say("The server has ended: these pages stay as they are.");
    }
  };

  setInterval(() => {
    if (!document.hidden) {
      ask();
    }
  }, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) {
      ask();
    }
  });
})();
