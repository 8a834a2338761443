// Another system's client (@xapi/xapi) against a running record store.
//   node xapi_js.cjs ENDPOINT KEY SECRET VERSION
// Prints one JSON object: what each call gave. Any refusal that is not expected ends it with a stack trace.
"use strict";
const { createHash, randomUUID } = require("node:crypto");
const XAPI = require("@xapi/xapi").default ?? require("@xapi/xapi");

const [endpoint, key, secret, version] = process.argv.slice(2);
const settings = { endpoint, auth: XAPI.toBasicAuth(key, secret), version };
const xapi = new XAPI(settings);
// Its usual adapter, axios, replaces the content type of a multipart on Node.
const byFetch = new XAPI({ ...settings, adapter: "fetch" });
const agent = { objectType: "Agent", account: { homePage: "https://lms.example.vn", name: randomUUID() } };
const activityId = `https://lms.example.vn/activity/${randomUUID()}`;
const verb = { id: "http://adlnet.gov/expapi/verbs/attempted", display: { vi: "đã thử" } };

function statement(extra = {}) {
  return { id: randomUUID(), actor: agent, verb, object: { objectType: "Activity", id: activityId }, ...extra };
}

async function statusOf(promise) {
  try {
    return (await promise).status;
  } catch (error) {
    return error.response?.status ?? error.status ?? String(error);
  }
}

async function statements(found) {
  const sent = [statement(), statement(), statement()];
  found.sent = (await xapi.sendStatement({ statement: sent[0] })).data[0] === sent[0].id;
  found.batch = (await xapi.sendStatements({ statements: sent.slice(1) })).data.length;
  found.verb = (await xapi.getStatement({ statementId: sent[0].id })).data.verb.display.vi;
  const page = (await xapi.getStatements({ agent, limit: 2 })).data;
  const more = (await xapi.getMoreStatements({ more: page.more })).data;
  found.pages = [page.statements.length, more.statements.length, more.more];
  found.related = (await xapi.getStatements({ activity: activityId, related_activities: true })).data.statements.length;

  await xapi.voidStatement({ actor: agent, statementId: sent[0].id });
  found.afterVoiding = await statusOf(xapi.getStatement({ statementId: sent[0].id }));
  found.voided = (await xapi.getVoidedStatement({ voidedStatementId: sent[0].id })).data.id === sent[0].id;

  const data = new TextEncoder().encode("bài luận");
  const declared = {
    usageType: "https://lms.example.vn/essay",
    display: { vi: "Bài luận" },
    contentType: "text/plain",
    length: data.byteLength,
    sha2: createHash("sha256").update(data).digest("hex"),
  };
  const withEssay = statement({ attachments: [declared] });
  await byFetch.sendStatement({ statement: withEssay, attachments: [data.buffer] });
  const parts = (await byFetch.getStatement({ statementId: withEssay.id, attachments: true })).data;
  found.attachment = [parts[0].id === withEssay.id, String(parts[1])];
}

async function documents(found) {
  const place = { agent, activityId, stateId: "bookmark" };
  await xapi.createState({ ...place, state: { page: 1 } });
  const state = await xapi.getState(place);
  await xapi.setState({ ...place, state: { page: 2 }, etag: state.headers.etag, matchHeader: "If-Match" });
  await xapi.createState({ ...place, state: { mark: "đây" } });
  found.state = (await xapi.getState(place)).data;
  found.states = (await xapi.getStates({ agent, activityId })).data;
  await xapi.deleteStates({ agent, activityId });
  found.noStates = (await xapi.getStates({ agent, activityId })).data;

  for (const [name, where] of [["ActivityProfile", { activityId }], ["AgentProfile", { agent }]]) {
    const profile = { ...where, profileId: "https://lms.example.vn/profile" };
    const set = (value, etag, matchHeader) => xapi[`set${name}`]({ ...profile, profile: value, etag, matchHeader });
    await set({ a: 1 }, "*", "If-None-Match");
    found[`again${name}`] = await statusOf(set({ a: 2 }, "*", "If-None-Match"));
    const current = await xapi[`get${name}`](profile);
    await set({ a: 3 }, current.headers.etag, "If-Match");
    await xapi[`create${name}`]({ ...profile, profile: { b: 4 } });
    found[name] = (await xapi[`get${name}`](profile)).data;
    found[`stale${name}`] = await statusOf(set({ a: 5 }, current.headers.etag, "If-Match"));
    found[`ids${name}`] = (await xapi[`get${name}s`](where)).data;
    await xapi[`delete${name}`]({ ...profile, etag: (await xapi[`get${name}`](profile)).headers.etag });
    found[`gone${name}`] = await statusOf(xapi[`get${name}`](profile));
  }
}

async function main() {
  const found = {};
  found.about = (await xapi.getAbout()).data.version;
  await statements(found);
  await documents(found);
  found.person = (await xapi.getAgent({ agent })).data.objectType;
  found.activity = (await xapi.getActivity({ activityId })).data.id === activityId;
  console.log(JSON.stringify(found));
}

main().catch((error) => {
  console.error(error.response?.status, error.response?.data, error);
  process.exit(1);
});
