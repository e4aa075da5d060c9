// Keeps the offline page's own files, all of one version; nothing else is kept or answered from here.
const CACHE = "firebreak-offline-__VERSION__";
const FILES = __FILES__;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  const fresh = FILES.map((file) => new Request(file, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => names.filter((name) => name.startsWith("firebreak-offline-") && name !== CACHE))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  const ours = FILES.some((file) => new URL(file, self.location).pathname === address.pathname);
  if (event.request.method !== "GET" || !ours) return;
  event.respondWith(
    caches.open(CACHE)
      .then((cache) => cache.match(address.pathname))
      .then((kept) => kept || fetch(event.request)),
  );
});
