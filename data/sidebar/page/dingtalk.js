// Which chat? DingTalk names none by itself, so it asks the person to point at one; a room's group opens its customer.
const go = (query = "") => location.replace(`../aside${query}`);
const PATIENCE = 5000; // milliseconds until DingTalk counts as silent
const waiting = setTimeout(() => go(), PATIENCE);

async function ask() {
  const address = encodeURIComponent(location.href.split("#")[0]);
  const answer = await fetch(`dingtalk/config?url=${address}`);
  if (!answer.ok || !window.dd?.config) return go();
  const config = await answer.json();
  dd.error(() => go());
  dd.config({ ...config, type: 0, jsApiList: ["biz.chat.chooseConversationByCorpId"] });
  return dd.ready(() => {
    clearTimeout(waiting); // from here on it is the person who takes their time
    dd.biz.chat.chooseConversationByCorpId({
      corpId: config.corpId,
      isAllowCreateGroup: false,
      filterNotOwnerGroup: false,
      onSuccess: (chosen) => go(`?chat=${encodeURIComponent(chosen.chatId)}`),
      onFail: () => go(),
    });
  });
}

ask().catch(() => go());
