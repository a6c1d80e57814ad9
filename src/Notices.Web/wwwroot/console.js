// Keeps a session alive while somebody works, ends the page when it is over, remembers whether the browser is dark, and closes menus.
(() => {
  const idle = Number(document.currentScript.dataset.idle) * 1000;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const tone = () => {
    document.cookie = `theme=${dark.matches ? 'dark' : 'light'};path=/;max-age=31536000;samesite=lax`;
    document.documentElement.className = dark.matches ? 'dark' : 'light';
  };
  tone();
  // Without loading the page again: what is being typed would be lost.
  dark.addEventListener('change', tone);

  const leave = () => location.assign('/sign-in?to=' + encodeURIComponent(location.pathname + location.search));
  let acted = Date.now(), told = Date.now();
  const act = () => { acted = Date.now(); };
  for (const sign of ['pointerdown', 'keydown', 'wheel']) addEventListener(sign, act, { passive: true });
  setInterval(async () => {
    const now = Date.now();
    if (now - acted >= idle) return leave();
    if (acted <= told || now - told < Math.min(idle / 4, 120000)) return;
    told = now;
    try {
      const answer = await fetch('/console/alive', { redirect: 'manual' });
      if (!answer.ok) leave();
    } catch { /* The line is down; the page says so itself. */ }
  }, 5000);

  const closeMenus = but => { for (const menu of document.querySelectorAll('details.menu[open]')) if (menu !== but) menu.open = false; };
  document.addEventListener('click', event => {
    if (event.target.id === 'reload') location.reload();
    closeMenus(event.target.closest('details.menu'));
  });
  document.addEventListener('keydown', event => {
    const menu = event.key === 'Escape' && document.querySelector('details.menu[open]');
    if (!menu) return;
    closeMenus();
    menu.querySelector('summary').focus();
  });
})();
