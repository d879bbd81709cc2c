// node e2e/frames.mjs FAKE_FEED [LINKS] [VIEW] [open]: what a frame of the page costs the main thread,
// with everything moving (and, with "open", every panel of every link in Signals): script, style,
// layout and paint commands; not the drawing itself. Processor time of that thread; per second, too,
// since a page that gets few frames has more to do in each.
import { openBrowser, openPage, startServer } from "./page.mjs";

const [program, links = "16", view = "signals", open = ""] = process.argv.slice(2);
if (!program) {
  console.error("usage: node e2e/frames.mjs FAKE_FEED [LINKS] [VIEW] [open]");
  process.exit(2);
}
const server = await startServer(program, ["0", links, "simulated"]);
const browser = await openBrowser();
const { page } = await openPage(browser, server.url, { view });
await page.waitForTimeout(5_000);
if (open) {
  await page.evaluate(() => document.querySelectorAll("#links button[aria-pressed=false]").forEach((b) => b.click()));
  await page.waitForTimeout(5_000);
}
const cdp = await page.context().newCDPSession(page);
await cdp.send("Performance.enable", { timeDomain: "threadTicks" }); // processor time: others do not count
const busy = async () => {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return metrics.find((m) => m.name === "TaskDuration").value * 1000;
};
const costs = [];
for (let i = 0; i < 20; i++) {
  const before = await busy();
  const frames = await page.evaluate(async () => {
    let n = 0;
    for (const end = performance.now() + 500; performance.now() < end; n++)
      await new Promise((r) => requestAnimationFrame(r));
    return n;
  });
  const ms = (await busy()) - before;
  costs.push({ ms: ms / frames, ms_per_s: ms / 0.5, hz: frames / 0.5 });
}
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
console.log(JSON.stringify({
  bench: "page_frame",
  view,
  panels: open ? "open" : "closed",
  links: Number(links),
  main_thread_ms_per_frame: Number(median(costs.map((c) => c.ms)).toFixed(2)),
  main_thread_ms_per_s: Number(median(costs.map((c) => c.ms_per_s)).toFixed(0)),
  frames_per_s: median(costs.map((c) => c.hz)),
}));
await browser.close();
await server.stop();
