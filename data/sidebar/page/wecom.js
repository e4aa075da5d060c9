// Whose chat is this? With an answer the customer opens; without one they are chosen on the next page.
const go = (query = "") => location.replace(`../aside${query}`);
const PATIENCE = 5000; // milliseconds until WeCom counts as silent

async function ask() {
  const address = encodeURIComponent(location.href.split("#")[0]);
  const answer = await fetch(`wecom/config?url=${address}`);
  if (!answer.ok || !window.wx?.agentConfig) return go();
  const config = await answer.json();
  return wx.agentConfig({
    ...config,
    jsApiList: ["getCurExternalContact"],
    success: () => wx.invoke("getCurExternalContact", {}, (told) =>
      go(told.err_msg === "getCurExternalContact:ok" ? `?contact=${encodeURIComponent(told.userId)}` : "")),
    fail: () => go(),
  });
}

setTimeout(() => go(), PATIENCE);
ask().catch(() => go());
