// Theme, density and language are put on the root element before the first paint, so that nothing flashes.
(() => {
  const root = document.documentElement;
  try {
    for (const key of ['theme', 'density']) {
      const value = localStorage.getItem(`comity-${key}`);
      if (value) root.dataset[key] = value;
    }
    const wanted = localStorage.getItem('comity-language') || navigator.language || 'en';
    root.lang = wanted.toLowerCase().startsWith('de') ? 'de' : 'en';
  } catch {
    // Storage can be forbidden; the defaults are fine then.
  }
})();
