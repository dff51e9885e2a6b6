// Shows what this installation pushes to the browser; the rest of the pages has no part in it.
self.addEventListener('push', (event) => {
  const message = event.data?.json();
  if (!message) return;
  const { title, body, open, act } = message;
  const actions = act ? [{ action: 'act', title: act.title }] : [];
  event.waitUntil(self.registration.showNotification(title, { body, data: { open, act: act?.open }, actions, icon: '/favicon.svg', tag: open, renotify: true }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { open, act } = event.notification.data;
  // Paths of this installation only, whatever came.
  const url = new URL(event.action === 'act' && act ? act : open, self.location.origin);
  if (url.origin === self.location.origin) event.waitUntil(self.clients.openWindow(url.href));
});
