// Two small databases: what was recorded here, and what is known of customers. Signing out drops the second.
const QUEUE = "firebreak-offline";
const KNOWN = "firebreak-known";

function opened(name, store) {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(store, { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

// Opened for each use: a database that is held open cannot be dropped from another tab.
async function using(name, store, mode, work) {
  const db = await opened(name, store);
  try {
    return await new Promise((resolve, reject) => {
      const doing = db.transaction(store, mode, { durability: "strict" });
      const asked = work(doing.objectStore(store));
      doing.oncomplete = () => resolve(asked.result);
      doing.onerror = doing.onabort = () => reject(doing.error);
    });
  } finally {
    db.close();
  }
}

export const visits = {
  all: () => using(QUEUE, "visits", "readonly", (s) => s.getAll()),
  get: (key) => using(QUEUE, "visits", "readonly", (s) => s.get(key)),
  put: (visit) => using(QUEUE, "visits", "readwrite", (s) => s.put(visit)),
  drop: (key) => using(QUEUE, "visits", "readwrite", (s) => s.delete(key)),
  // Reads and writes in one transaction: of an edit and a sending at once, one comes first. Undefined: not done.
  change: async (key, edit) => {
    let changed;
    await using(QUEUE, "visits", "readwrite", (s) => {
      const asked = s.get(key);
      asked.onsuccess = () => {
        if (!asked.result || !edit(asked.result)) return;
        changed = asked.result;
        s.put(changed);
      };
      return asked;
    });
    return changed;
  },
};

export const known = {
  get: async () => (await using(KNOWN, "known", "readonly", (s) => s.get("picks")))?.picks ?? null,
  put: (picks) => using(KNOWN, "known", "readwrite", (s) => s.put({ key: "picks", picks })),
  drop: () => using(KNOWN, "known", "readwrite", (s) => s.delete("picks")),
};
