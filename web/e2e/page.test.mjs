// npm run e2e: the page in a real browser against a real server. FAKE_FEED names the program
// built from test/server/fake_feed.c: three links, of which 0 breathes, 1 walks, and 2 falls silent
// after 8 s.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openBrowser, openPage, startServer } from "./page.mjs";

const program = process.env.FAKE_FEED ?? "../build/dev/test/fake_feed";
if (!existsSync(program)) throw new Error(`FAKE_FEED: ${program} is not there`);
const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

let browser;
let server;
before(async () => {
  browser = await openBrowser();
  server = await startServer(program, ["0", "3", "simulated"]);
});
after(async () => {
  await browser.close();
  await server.stop();
});

/** Waits until the text of the element matches. */
async function says(page, selector, pattern, timeout = 15_000) {
  await page.waitForFunction(
    ([s, p]) => new RegExp(p).test(document.querySelector(s)?.textContent ?? ""),
    [selector, pattern],
    { timeout },
  );
}

const card = (n) => `#links article:nth-of-type(${n})`;

/** Colours in the heat map's inner part, as a set of 32-bit values. */
const mapColours = (page, n) =>
  page.evaluate((selector) => {
    const canvas = document.querySelector(selector);
    const { width, height } = canvas;
    const pixels = canvas.getContext("2d").getImageData(width * 0.75, height * 0.1, width * 0.1, height * 0.7);
    return [...new Set(new Uint32Array(pixels.data.buffer))];
  }, `${card(n)} canvas.map`);

test("shows what the server says, and nothing else", async () => {
  const { page, faults, close } = await openPage(browser, server.url);
  await says(page, "#badge", "^SIMULATED");
  await says(page, "#version", "^version 0\\.1\\.0-test$");
  await says(page, "#connection", "^connected$");
  assert.equal(await page.locator("#links article").count(), 3);
  await says(page, `${card(1)} .state`, "^Still$");
  await says(page, `${card(1)} .number`, "^1[45]\\.\\d per minute$");
  await says(page, `${card(2)} .state`, "^Moving$");
  await says(page, `${card(2)} .number`, "^–$");
  await says(page, card(2), "something moves; a chest cannot be told from it");
  await says(page, `${card(1)} .facts`, "100\\.0 Hz.*−48 dBm");
  await says(page, "#sources", "listening on udp 5005: nothing has arrived yet");
  await says(page, "#sources", "9 refused \\(magic 2, crc 7\\)");
  assert.deepEqual(faults, []);
  await close();
});

test("a silent link says so and shows no old value", async () => {
  const { page, faults, close } = await openPage(browser, server.url);
  await says(page, `${card(3)} .badge`, "^NO DATA$", 20_000);
  await says(page, `${card(3)} .state`, "^Unknown$");
  await says(page, `${card(3)} .number`, "^–$");
  await says(page, card(3), "no frames arrive on this link");
  await says(page, `${card(3)} .age`, "^\\d+ s ago$");
  await says(page, `${card(3)} .facts`, "Rate–RSSI–");
  assert.deepEqual(faults, []);
  await close();
});

test("the heat map moves", async () => {
  const { page, close } = await openPage(browser, server.url);
  await says(page, "#badge", "^SIMULATED");
  await page.waitForTimeout(8_000);
  const colours = await mapColours(page, 2);
  assert.ok(colours.length > 30, `${colours.length} colours`);
  const picture = () => page.evaluate((s) => document.querySelector(s).toDataURL(), `${card(2)} canvas.map`);
  const one = await picture();
  await page.waitForTimeout(300);
  assert.notEqual(await picture(), one);
  await close();
});

test("plays a recording through the whole program", async () => {
  const airwake = process.env.AIRWAKE ?? "../build/dev/airwake";
  const recording = process.env.AIRWAKE_DEMO ?? "../build/dev/demo.pcap";
  const real = await startServer(airwake, ["serve", "--no-udp", "--http-port", "0", "--replay", recording]);
  const { page, faults, close } = await openPage(browser, real.url);
  await says(page, "#badge", "^SIMULATED");
  await says(page, "#sources", "demo\\.pcap.*playing");
  await says(page, `${card(1)} .facts`, "\\d+\\.\\d Hz.*−\\d+ dBm");
  await page.waitForTimeout(9_000);
  assert.ok((await mapColours(page, 1)).length > 30);
  assert.deepEqual(faults, []);
  await close();
  assert.equal(await real.stop(), 0);
});

test("what a model says is shown with its mark, and its card with the baseline", async () => {
  const airwake = process.env.AIRWAKE ?? "../build/dev/airwake";
  const dir = mkdtempSync(join(tmpdir(), "airwake-models-"));
  const recording = join(dir, "fast.pcap");
  execFileSync(airwake, ["sim", "enter-sit-leave", "--rate", "50", "--out", recording]);
  const real = await startServer(airwake, ["serve", "--no-udp", "--store", join(dir, "history.db"), "--http-port", "0", "--replay", recording,
    "--speed", "5", "--loop", "--model", "../models/activity.card.json", "--model", "../models/none.card.json"]);
  const { page, faults, close } = await openPage(browser, real.url);
  await says(page, `${card(1)} .activity`, "(fall|walk|none|sit down|lie down|get up), (over )?\\d+ % probable · experimental");
  await page.goto(`${real.url}/#/home`);
  await says(page, "#rooms .activity", "^Activity by .*experimental, not to be relied on$");
  await says(page, "#models article:nth-of-type(1)", "EXPERIMENTAL.*Not fit for raising alarms.*balanced accuracy 0\\.87 \\(always one class: 0\\.167\\).*trained on recordings");
  await says(page, "#models article:nth-of-type(2)", "NOT USED.*Refused: .*none\\.card\\.json");
  assert.deepEqual(faults, []);
  await close();
  assert.equal(await real.stop(), 0);
  rmSync(dir, { recursive: true });
});

test("works on a phone, in the dark, for a screen reader", async () => {
  for (const options of [
    { viewport: { width: 360, height: 740 } },
    { colorScheme: "dark" },
    { viewport: { width: 1920, height: 1080 } },
  ]) {
    const { page, faults, close } = await openPage(browser, server.url, options);
    await says(page, "#badge", "^SIMULATED");
    await says(page, `${card(1)} .state`, "^Still$");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0, `${wide} pixels wider than the window`);
    await page.evaluate(axe);
    const { violations } = await page.evaluate("axe.run()");
    assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`), []);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "A");
    assert.deepEqual(faults, []);
    await close();
  }
});

test("says when the server is gone, and comes back by itself", async () => {
  let own = await startServer(program, ["0", "1", "live"]);
  const port = new URL(own.url).port;
  const { page, close } = await openPage(browser, own.url);
  await says(page, "#badge", "^LIVE");
  await says(page, `${card(1)} .state`, "^Still$");
  assert.equal(await own.stop(), 0);
  await says(page, "#connection", "^connection lost, next try in \\d+ s$");
  await says(page, "#badge", "^NO DATA\\d+ s ago$");
  await says(page, `${card(1)} .state`, "^Unknown$");
  await says(page, card(1), "the connection to the server is lost");
  own = await startServer(program, [port, "1", "live"]);
  await says(page, "#connection", "^connected$", 20_000);
  await says(page, "#badge", "^LIVE");
  await says(page, `${card(1)} .state`, "^Still$");
  await own.stop();
  await close();
});

/* The whole program with a state folder of its own: history, events, recordings, rooms. */
async function wholeProgram() {
  const airwake = process.env.AIRWAKE ?? "../build/dev/airwake";
  const recording = process.env.AIRWAKE_DEMO ?? "../build/dev/demo.pcap";
  const state = mkdtempSync(join(tmpdir(), "airwake-page-"));
  process.env.STATE_DIRECTORY = state;
  const real = await startServer(airwake, ["serve", "--udp", "0", "--udp-address", "127.0.0.1", "--http-port", "0", "--replay", recording, "--loop"]);
  delete process.env.STATE_DIRECTORY;
  return { ...real, stop: async () => {
    const code = await real.stop();
    rmSync(state, { recursive: true });
    return code;
  } };
}

const views = ["home", "signals", "room", "timeline", "recordings", "doctor", "disaster"];

test("every view is reached by keyboard, fits a phone, is clean for a screen reader, light and dark", async () => {
  const real = await wholeProgram();
  for (const options of [{ viewport: { width: 360, height: 740 } }, { colorScheme: "dark" }]) {
    const { page, faults, close } = await openPage(browser, real.url, { view: "home", ...options });
    await says(page, "#badge", "^SIMULATED");
    await page.evaluate(axe);
    for (const view of views) {
      await page.locator(`nav a[href="#/${view}"]`).focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector(`main[data-view="${view}"] h2`);
      await page.waitForTimeout(700);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wide <= 0, `${view}: ${wide} pixels wider than the window`);
      const { violations } = await page.evaluate("axe.run()");
      assert.deepEqual(violations.map((v) => `${view}: ${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`), []);
    }
    assert.deepEqual(faults, []);
    await close();
  }
  assert.equal(await real.stop(), 0);
});

test("home shows a room with its source and says why a value is missing", async () => {
  const real = await wholeProgram();
  const { page, faults, close } = await openPage(browser, real.url, { view: "home" });
  await says(page, "#rooms article .badge", "^SIMULATED$");
  await says(page, "#rooms article .state", "^(Empty|Still|Moving)$", 30_000);
  await says(page, "#rooms article", "People.*(one link cannot decide|not enough signal|nobody is there|cannot)");
  await page.waitForFunction(() => document.querySelectorAll("main ul.plain li").length > 0, null, { timeout: 20_000 });
  assert.equal(await real.stop(), 0);
  await says(page, "#rooms article .badge", "^NO DATA$");
  await says(page, "#rooms article .state", "^Unknown$");
  await says(page, "#rooms article", "the connection to the server is lost");
  assert.deepEqual(faults, []);
  await close();
});

test("timeline draws what is stored, a node is placed and kept, a recording is made, a take is begun", async () => {
  const real = await wholeProgram();
  const { page, faults, close } = await openPage(browser, real.url, { view: "timeline" });
  await page.waitForTimeout(6_000);
  const room = await page.evaluate(() => [...document.querySelectorAll("main select option")].map((o) => o.value).find((v) => v.startsWith("room:replay")));
  await page.selectOption("main select", room);
  await page.waitForSelector(".chart canvas", { timeout: 20_000 });
  await says(page, "main ul.plain", "node appeared");
  await says(page, "main .tools .badge", "^SIMULATED$");

  await page.goto(`${real.url}/#/room`);
  await page.waitForSelector(".stage canvas", { timeout: 20_000 });
  await page.getByRole("button", { name: "Place", exact: true }).first().click();
  await page.getByRole("button", { name: "Save" }).click();
  await says(page, "main [role=status]", "^Saved\\.$");
  const kept = await (await fetch(`${real.url}/api/v1/rooms`)).json();
  assert.equal(kept.rooms.flatMap((r) => r.nodes).length, 1);

  /* A room of one link: the other one is in none, and still shown. */
  const { links } = await (await fetch(`${real.url}/api/v1/links`)).json();
  const put = await fetch(`${real.url}/api/v1/rooms/hall`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Hall", links: [links[0].name] }),
  });
  assert.ok(put.ok, await put.text());
  await page.goto(`${real.url}/#/home`);
  await says(page, "#rooms", `Hall.*${links[1].name}.*one link, in no room`);

  await page.goto(`${real.url}/#/recordings`);
  await page.getByLabel("Name", { exact: true }).fill("test");
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("link", { name: /^Download, \d+\.\d\d MB$/ }).waitFor();
  await page.locator("main .walk button").first().click();
  await says(page, "main table", "(settling|empty): \\d+ s to go");
  assert.deepEqual(faults, []);
  await close();
  assert.equal(await real.stop(), 0);
});

test("the Doppler spectrum is drawn while it is asked for", async () => {
  const real = await wholeProgram();
  const two = await openPage(browser, real.url);
  await says(two.page, "#badge", "^SIMULATED");
  await two.page.getByRole("button", { name: "Doppler" }).first().click();
  await two.page.waitForFunction(() => {
    const c = document.querySelector("canvas.doppler");
    if (!c || !c.width) return false;
    const pixels = new Uint32Array(c.getContext("2d").getImageData(c.width * 0.8, c.height * 0.1, c.width * 0.08, c.height * 0.6).data.buffer);
    return new Set(pixels).size > 20;
  }, null, { timeout: 20_000 });
  assert.deepEqual(two.faults, []);
  await two.close();
  assert.equal(await real.stop(), 0);
});

/** The whole program playing a scene of the simulator, so many times as fast as it was. */
async function playing(scene, seconds, speed) {
  const airwake = process.env.AIRWAKE ?? "../build/dev/airwake";
  const folder = mkdtempSync(join(tmpdir(), "airwake-page-"));
  const pcap = join(folder, `${scene}.pcap`);
  execFileSync(airwake, ["sim", scene, "--seconds", String(seconds), "--nodes", "1", "--rate", "50", "--out", pcap]);
  process.env.STATE_DIRECTORY = folder;
  const real = await startServer(airwake, ["serve", "--no-udp", "--http-port", "0", "--replay", pcap, "--speed", String(speed), "--loop"]);
  delete process.env.STATE_DIRECTORY;
  return { ...real, stop: async () => {
    const code = await real.stop();
    rmSync(folder, { recursive: true });
    return code;
  } };
}

/** What a button that saves a file saves. */
async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
}

test("breathing looked at: the spectrum peaks where the simulated sitter breathes; pause, zoom, files", async () => {
  const real = await playing("still", 120, 4);
  const { page, faults, close } = await openPage(browser, real.url, { acceptDownloads: true });
  await says(page, "#badge", "^SIMULATED");
  for (const name of ["Phase", "Breathing", "Over time"]) await page.getByRole("button", { name, exact: true }).click();
  await page.waitForFunction(() => Number(document.querySelector("section.breathing")?.dataset.candidate) > 0, null, { timeout: 40_000 });
  await says(page, "section.breathing", "The line at 1[45]\\.\\d per minute is chosen \\(window of \\d0 s\\)", 30_000);
  await page.waitForFunction(() => {
    const c = document.querySelector("canvas.phase");
    const pixels = c.width ? c.getContext("2d").getImageData(c.width * 0.7, c.height * 0.1, c.width * 0.15, c.height * 0.7).data.buffer : new ArrayBuffer(0);
    return new Set(new Uint32Array(pixels)).size > 10;
  }, null, { timeout: 20_000 });

  /* Paused, everything drawn stays, and what is saved is what is seen. */
  await page.getByRole("button", { name: "Pause" }).click();
  const pictures = () => page.evaluate(() => [...document.querySelectorAll("#links canvas")].map((c) => c.toDataURL()));
  const before = await pictures();
  assert.ok(before.length >= 6, `${before.length} pictures`);
  const { name, bytes } = await saved(page, "Breathing CSV");
  assert.match(name, /^airwake-.*-breathing\.csv$/);
  const parts = {};
  for (const line of bytes.toString().trim().split("\n").slice(1)) {
    const [part, x, , value] = line.split(",");
    (parts[part] ??= []).push([x, Number(value)]);
  }
  assert.equal(parts.fine.length, 225);
  const [peak] = parts.fine.reduce((a, b) => (b[1] > a[1] ? b : a));
  assert.ok(Math.abs(Number(peak) - 15) < 1, `peak at ${peak} per minute`);
  assert.equal(parts.wave.length, 150);
  const squares = parts.weight_chain_0.reduce((sum, [, w]) => sum + w * w, 0);
  assert.ok(Math.abs(squares - 1) < 0.01, `weights squared sum to ${squares}`);
  const phase = (await saved(page, "Phase CSV")).bytes.toString().split("\n");
  assert.match(phase[0], /^t_s,phase_rad_chain_0_-26,/);
  assert.ok(phase.length > 50);
  const png = (await saved(page, "PNG")).bytes;
  assert.equal(png.subarray(1, 4).toString(), "PNG");
  assert.ok(png.readUInt32BE(20) > 1000, "all pictures are in it");
  await page.waitForTimeout(2_500);
  assert.ok((await pictures()).every((p, i) => p === before[i]), "a paused picture moves");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.waitForTimeout(2_500);
  const after = await pictures();
  assert.ok(after.every((p, i) => p !== before[i]), "every picture goes on");

  /* Zoom by dragging, by the button, and back. */
  const whole = page.locator("section.breathing .plot").nth(1).getByRole("button", { name: "Whole range" });
  assert.ok(await whole.isDisabled());
  const wave = page.locator("section.breathing .u-over").nth(1);
  await wave.scrollIntoViewIfNeeded();
  const box = await wave.boundingBox();
  await page.mouse.move(box.x + box.width * 0.4, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 20, { steps: 5 });
  await page.mouse.up();
  assert.ok(await whole.isEnabled());
  await page.waitForTimeout(1_500);
  assert.ok(await whole.isEnabled(), "new values do not undo it");
  await whole.click();
  assert.ok(await whole.isDisabled());
  await page.evaluate(axe);
  const { violations } = await page.evaluate("axe.run()");
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`), []);
  for (const name of ["Phase", "Breathing", "Over time"]) await page.getByRole("button", { name, exact: true }).click();
  assert.equal(await page.locator("#links section").count(), 0);
  assert.deepEqual(faults, []);
  await close();
  assert.equal(await real.stop(), 0);
});

test("a calibration whose takes overlap is refused, and says by how much", async () => {
  const real = await playing("empty", 300, 8);
  const { page, faults, close } = await openPage(browser, real.url, { view: "recordings" });
  await page.getByLabel("Seconds per take").fill("10");
  const start = (n) => page.locator("main .walk button").nth(n).click();
  await start(0);
  await says(page, "main table", "empty: \\d+ s to go");
  await says(page, "main table", "armed", 20_000);
  await start(1); /* nobody walks */
  await says(page, "main table", "walk: \\d+ s to go");
  await says(page, "main table", "not armed: .*cannot be told apart \\(overlap \\d+\\.\\d %, allowed 5\\.0 %\\)", 20_000);
  const alert = await page.locator("main table td[role=alert]").first().textContent();
  assert.ok(Number(alert.match(/overlap ([\d.]+)/)[1]) > 5, alert);
  const said = await (await fetch(`${real.url}/api/v1/calibration`)).json();
  assert.equal(said.links[0].status, "refused");
  assert.deepEqual(faults, []);
  await close();
  assert.equal(await real.stop(), 0);
});

test("a server that wants a token is asked with one, also for the WebSocket", async () => {
  const airwake = process.env.AIRWAKE ?? "../build/dev/airwake";
  const state = mkdtempSync(join(tmpdir(), "airwake-page-"));
  const secret = execFileSync(airwake, ["token", "create", "--name", "page", "--scope", "control", "--state", state]).toString().match(/awt_[\w-]+/)[0];
  process.env.STATE_DIRECTORY = state;
  process.env.AIRWAKE_HTTP_LOOPBACK_NEEDS_TOKEN = "true";
  const real = await startServer(airwake, ["serve", "--no-udp", "--http-port", "0", "--replay", process.env.AIRWAKE_DEMO ?? "../build/dev/demo.pcap", "--loop"]);
  delete process.env.STATE_DIRECTORY;
  delete process.env.AIRWAKE_HTTP_LOOPBACK_NEEDS_TOKEN;
  const { page, close } = await openPage(browser, real.url, { view: "home", acceptDownloads: true });
  await page.locator("#token-input").fill("awt_wrong");
  await page.getByRole("button", { name: "Use it" }).click();
  await says(page, "#token", "wants a token", 20_000);
  await says(page, "#badge", "^NO DATA");
  await page.locator("#token-input").fill(secret);
  await page.getByRole("button", { name: "Use it" }).click();
  await says(page, "#badge", "^SIMULATED", 20_000);
  await says(page, "#rooms article .state", "^(Empty|Still|Moving)$", 30_000);

  /* A recording is downloaded with it, too; its size is said before. */
  await page.locator('nav a[href="#/recordings"]').click();
  await page.getByLabel("Name", { exact: true }).fill("kept");
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  const { name, bytes } = await saved(page, /^Download, \d+\.\d\d MB$/);
  assert.match(name, /^[\w-]+\.pcap$/);
  const url = `${real.url}/api/v1/recordings/${name.replace(".pcap", "")}/data`;
  assert.equal((await fetch(url)).status, 401);
  const whole = Buffer.from(await (await fetch(url, { headers: { authorization: `Bearer ${secret}` } })).arrayBuffer());
  assert.ok(whole.length > 20 && whole.equals(bytes), `${bytes.length} bytes of ${whole.length}`);
  await close();
  assert.equal(await real.stop(), 0);
  rmSync(state, { recursive: true });
});
