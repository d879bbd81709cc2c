// node e2e/frames.mjs FAKE_FEED [LINKS] [VIEW]: what a frame of the page costs the main thread, with
// everything moving: script, style, layout and paint commands; not the drawing itself.
import { openBrowser, openPage, startServer } from "./page.mjs";

const [program, links = "16", view = "signals"] = process.argv.slice(2);
if (!program) {
  console.error("usage: node e2e/frames.mjs FAKE_FEED [LINKS] [VIEW]");
  process.exit(2);
}
const server = await startServer(program, ["0", links, "simulated"]);
const browser = await openBrowser();
const { page } = await openPage(browser, server.url, { view });
await page.waitForTimeout(5_000);
const cdp = await page.context().newCDPSession(page);
await cdp.send("Performance.enable");
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
  costs.push({ ms: ((await busy()) - before) / frames, hz: frames / 0.5 });
}
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
console.log(JSON.stringify({
  bench: "page_frame",
  view,
  links: Number(links),
  main_thread_ms_per_frame: Number(median(costs.map((c) => c.ms)).toFixed(2)),
  frames_per_s: median(costs.map((c) => c.hz)),
}));
await browser.close();
await server.stop();
