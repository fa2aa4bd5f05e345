// Light, dark, or as the system says. Loaded in the head, so that a dark page does not flash.
"use strict";
(() => {
  const CHOICES = ["auto", "light", "dark"];
  const KEY = "ultralink-bench theme";

  // A page from disk, or one in a private window, may have no storage.
  const stored = () => {
    try {
      const found = localStorage.getItem(KEY);
      return CHOICES.includes(found) ? found : "auto";
    } catch {
      return "auto";
    }
  };

  const apply = (choice) => {
    if (choice === "auto") {
      delete document.documentElement.dataset.theme;
    } else {
      document.documentElement.dataset.theme = choice;
    }
  };

  apply(stored());
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    let choice = stored();
    const show = () => {
      button.textContent = `Theme: ${choice}`;
    };
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
      apply(choice);
      show();
      try {
        localStorage.setItem(KEY, choice);
      } catch {
        // It holds for this page only.
      }
    });
  });
})();
