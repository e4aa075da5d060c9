// Whose chat is this? Opened from a chat's + menu, Feishu says which; a room's group opens its customer.
const go = (query = "") => location.replace(`../aside${query}`);
const PATIENCE = 5000; // milliseconds until Feishu counts as silent
setTimeout(() => go(), PATIENCE);

function triggered() {
  const launch = new URLSearchParams(location.search).get("bdp_launch_query");
  return launch ? JSON.parse(launch).__trigger_id__ : undefined;
}

async function ask() {
  const triggerCode = triggered();
  if (!triggerCode || !window.h5sdk) return go();
  const address = encodeURIComponent(location.href.split("#")[0]);
  const answer = await fetch(`feishu/config?url=${address}`);
  if (!answer.ok) return go();
  h5sdk.error(() => go());
  return h5sdk.config({
    ...(await answer.json()),
    jsApiList: ["getTriggerContext"],
    onFail: () => go(),
    onSuccess: () => h5sdk.ready(() => tt.getTriggerContext({
      triggerCode,
      success: (told) => go(told.openChatId ? `?chat=${encodeURIComponent(told.openChatId)}` : ""),
      fail: () => go(),
    })),
  });
}

ask().catch(() => go());
