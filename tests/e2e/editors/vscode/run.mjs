// The VS Code suite:  node run.mjs [--server PROGRAM] [--shots FOLDER] [--tools FOLDER] [--vsix FILE]
// Exit code 0 when every step was seen in the real editor. Without --vsix the extension is built first.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runInExtensionHost } from './host.mjs';
import { startCodeServer, writeSettings } from './session.mjs';
import { driveInterface, driveRestricted } from './ui.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../../../..');
const extension = path.join(root, 'editors/vscode');

const { values: options } = parseArgs({
  options: {
    server: { type: 'string', default: path.join(root, 'target/debug/archwright') },
    shots: { type: 'string', default: path.join(root, 'target/editors/shots') },
    tools: { type: 'string', default: path.join(root, 'target/editors') },
    vsix: { type: 'string' },
  },
});

const started = Date.now();
const say = (message) => console.log(`vscode: ${((Date.now() - started) / 1000).toFixed(1)} s  ${message}`);

function npm(...args) {
  const done = spawnSync('npm', args, { cwd: extension, encoding: 'utf8' });
  if (done.status !== 0) {
    throw new Error(`npm ${args.join(' ')} failed:\n${done.stdout}${done.stderr}`);
  }
}

/** Whether node_modules holds what the lock file says; npm writes its own copy of it at the end of an installation. */
function dependenciesInstalled() {
  const changed = (file) => statSync(path.join(extension, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return changed('node_modules/.package-lock.json') >= changed('package-lock.json');
}

function buildExtension() {
  if (!dependenciesInstalled()) {
    npm('ci', '--loglevel=error');
  }
  npm('run', 'build');
  npm('test');
  npm('run', 'package');
  return path.join(extension, 'archwright.vsix');
}

/** A fresh copy of a blueprint, named as a newcomer would see it in the title bar. */
function copyWorkspace(run, step, blueprint = path.join(here, '../workspace')) {
  const workspace = path.join(run, step, 'clinic');
  cpSync(blueprint, workspace, { recursive: true });
  return workspace;
}

const server = path.resolve(options.server);
const tools = path.resolve(options.tools);
accessSync(server, constants.X_OK);
const run = mkdtempSync(path.join(tmpdir(), 'archwright-vscode-'));
let codeServer;
let failed = true;
try {
  const vsix = options.vsix ? path.resolve(options.vsix) : buildExtension();
  say(`extension built: ${path.relative(root, vsix)}`);

  const home = path.join(run, 'home');
  mkdirSync(home);
  const settings = { 'archwright.server.path': server };
  codeServer = await startCodeServer({ tools, home, vsix, settings });
  say('code-server runs, with the extension in a fresh profile');

  const inHost = async (workspace, suite) => {
    writeFileSync(`${workspace}.json`, JSON.stringify({ program: server }));
    const session = { tools, port: codeServer.port, extensionFolder: here };
    await runInExtensionHost({ ...session, workspace, suite: path.join(here, suite) });
  };
  await inHost(copyWorkspace(run, 'example', path.join(root, 'examples/clinic-before')), 'example-suite.cjs');
  say('extension host: an example, with the findings of the command line');

  await inHost(copyWorkspace(run, 'host'), 'host-suite.cjs');
  say('extension host: findings, links, hover, completion, navigation, syntax error, formatting, fixes, generation, restart');

  await inHost(copyWorkspace(run, 'governed', path.join(here, '../governed')), 'governance-suite.cjs');
  say('extension host: origins of levels, what a fix introduces, archwright.toml, safe fixes on saving, accepted findings');

  const shots = path.resolve(options.shots);
  await driveInterface({ tools, port: codeServer.port, workspace: copyWorkspace(run, 'ui'), shots });
  say(`user interface: squiggle, Problems, hover, fix, Generate; screenshots in ${options.shots}`);

  const trust = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' };
  writeSettings(home, { ...settings, ...trust });
  await driveRestricted({ tools, port: codeServer.port, workspace: copyWorkspace(run, 'restricted'), shots });
  say('restricted mode: findings, but no generation and no server of the workspace');
  failed = false;
} catch (error) {
  console.error(`vscode: error: ${error.message}\nvscode: what was used is kept in ${run}`);
} finally {
  codeServer?.stop();
}
if (failed) {
  process.exitCode = 1;
} else {
  // The extension hosts write their last lines while they end.
  rmSync(run, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
