// What the tests share: start a server, open the page in the system's Chromium.
import { spawn } from "node:child_process";
import { chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = ["--headless", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Starts a program that prints "http://host:port" and resolves when it has. */
export function startServer(program, programArgs) {
  const child = spawn(program, programArgs, { stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (data) => {
      said += data;
      const url = said.match(/http:\/\/[^\s/]+:\d+/)?.[0];
      if (url) resolve({ url, stop: () => stopServer(child), child });
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("exit", (code) => reject(new Error(`${program} ended with ${code}: ${said}`)));
    setTimeout(() => reject(new Error(`${program} says no address: ${said}`)), 10_000).unref();
  });
}

function stopServer(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve(child.exitCode);
    child.on("exit", resolve);
    child.kill("SIGTERM");
  });
}

export function openBrowser() {
  return chromium.launch({ executablePath, args });
}

/** A page of the browser that fails on any error and on any request to another host. */
export async function openPage(browser, url, { view = "signals", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (e) => faults.push(`error: ${e.message}`));
  page.on("console", (m) => {
    if (m.type() === "error" && !/ERR_CONNECTION_REFUSED/.test(m.text())) faults.push(`console: ${m.text()}`);
  });
  page.on("request", (r) => {
    if (!r.url().startsWith(url) && !r.url().startsWith(url.replace("http", "ws"))) faults.push(`remote: ${r.url()}`);
  });
  await page.goto(`${url}/#/${view}`);
  return { page, faults, close: () => context.close() };
}
