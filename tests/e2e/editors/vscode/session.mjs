// One code-server with a fresh profile, and a headless Chromium that looks at it.
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// Nothing that would talk to the network, ask a question, or move between two screenshots.
const QUIET = {
  'chat.disableAIFeatures': true,
  'editor.cursorBlinking': 'solid',
  'editor.minimap.enabled': false,
  'editor.stickyScroll.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.exclude': { '**/.vscode': true },
  'files.simpleDialog.enable': true,
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.enableExperiments': false,
  'workbench.layoutControl.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** Waits until `probe` returns something true, and returns that; `what` is named when it takes too long. */
export async function until(what, probe, milliseconds = 30_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await probe();
    if (value) {
      return value;
    }
    if (Date.now() > end) {
      throw new Error(`timed out after ${milliseconds / 1000} s: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Writes the user's settings, quiet ones first; a page that is opened afterwards has them. */
export function writeSettings(home, settings) {
  mkdirSync(path.join(home, 'data/User'), { recursive: true });
  writeFileSync(path.join(home, 'data/User/settings.json'), JSON.stringify({ ...QUIET, ...settings }, null, 2));
}

/**
 * Starts code-server with the extension `vsix` installed; `home` becomes the profile; `tools` is the folder that install.sh filled.
 */
export async function startCodeServer({ tools, home, vsix, settings }) {
  const installed = path.join(tools, 'code-server/node_modules/code-server/lib/vscode');
  if (!existsSync(installed)) {
    throw new Error(`code-server is not in ${tools}; run tests/e2e/editors/install.sh first`);
  }
  writeSettings(home, settings);
  const folders = ['--server-data-dir', `${home}/srv`, '--user-data-dir', `${home}/data`, '--extensions-dir', `${home}/ext`];
  const options = { cwd: installed, env: { ...process.env, HOME: home } };
  const main = ['out/server-main.js', ...folders, '--accept-server-license-terms'];

  const install = spawnSync(process.execPath, [...main, '--install-extension', vsix], { ...options, encoding: 'utf8' });
  if (install.status !== 0 || !/successfully installed/.test(install.stdout)) {
    throw new Error(`the extension could not be installed:\n${install.stdout}${install.stderr}`);
  }

  const port = await freePort();
  const log = path.join(home, 'server.log');
  const flags = ['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--telemetry-level', 'off'];
  // Its own process group, so that the extension hosts end with it.
  const server = spawn(process.execPath, [...main, ...flags, '--enable-smoke-test-driver'], {
    ...options,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const sink = createWriteStream(log);
  server.stdout.pipe(sink, { end: false });
  server.stderr.pipe(sink, { end: false });
  const stop = () => {
    try {
      process.kill(-server.pid, 'SIGTERM');
    } catch {
      // It has ended already.
    }
  };
  try {
    await until('code-server starts', () => {
      if (server.exitCode !== null) {
        throw new Error(`code-server ended with code ${server.exitCode}:\n${readFileSync(log, 'utf8')}`);
      }
      return existsSync(log) && readFileSync(log, 'utf8').includes('Extension host agent started');
    });
  } catch (error) {
    stop();
    throw error;
  }
  return { port, stop };
}

/** Opens a browser with a fresh profile, and gives `use` its page; closes it whatever happens. */
export async function withPage(tools, use) {
  const { chromium } = createRequire(path.join(tools, 'tools/package.json'))('playwright-core');
  const profile = mkdtempSync(path.join(tmpdir(), 'archwright-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    viewport: { width: 1280, height: 800 },
    args: BROWSER_FLAGS,
  });
  try {
    return await use(context.pages()[0] ?? (await context.newPage()));
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
