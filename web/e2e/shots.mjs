// node e2e/shots.mjs FOLDER PROGRAM [ARGS...]: pictures of the page: its views on a desk, a link with
// panels open, home in the dark on a phone. SHOT_AFTER_MS: how long the server runs before.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openBrowser, openPage, startServer } from "./page.mjs";

const [folder, program, ...programArgs] = process.argv.slice(2);
if (!program) {
  console.error("usage: node e2e/shots.mjs FOLDER PROGRAM [ARGS...]");
  process.exit(2);
}
const wait_ms = Number(process.env.SHOT_AFTER_MS ?? 45_000);
mkdirSync(folder, { recursive: true });
const server = await startServer(program, programArgs);
const browser = await openBrowser();
const shots = {
  home: { view: "home" },
  signals: { view: "signals" },
  link: { view: "signals", open: ["Phase", "Breathing"], viewport: { width: 720, height: 900 } },
  room: { view: "room" },
  timeline: { view: "timeline" },
  recordings: { view: "recordings" },
  doctor: { view: "doctor" },
  phone: { view: "home", colorScheme: "dark", viewport: { width: 390, height: 844 } },
};
try {
  const pages = [];
  for (const [name, { open = [], ...options }] of Object.entries(shots)) {
    const opened = await openPage(browser, server.url, options);
    pages.push({ name, whole: open.length > 0, ...opened });
    for (const panel of open) await opened.page.getByRole("button", { name: panel, exact: true }).first().click();
  }
  await new Promise((r) => setTimeout(r, wait_ms));
  for (const { name, whole, page } of pages) {
    await page.bringToFront();
    await page.waitForTimeout(400);
    const what = whole ? page.locator("#links article").first() : page;
    if (whole) await page.evaluate(() => (document.querySelector(".top").style.position = "static"));
    await what.screenshot({ path: join(folder, `${name}.png`) });
  }
} finally {
  await browser.close();
  await server.stop();
}
