// Drives the user interface in a browser as a person would: squiggle, Problems, hover, fix, Generate.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until, withPage } from './session.mjs';

const MENU = '.action-widget .monaco-list-row';

/** Goes through all steps and takes a screenshot of each into `shots`; throws at the first that does not happen. */
export async function driveInterface({ tools, port, workspace, shots }) {
  mkdirSync(shots, { recursive: true });
  setServer(workspace, '/nowhere/archwright');
  await withPage(tools, async (page) => {
    const shot = (name) => page.screenshot({ path: path.join(shots, `${name}.png`) });
    try {
      await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`, { waitUntil: 'domcontentloaded' });
      await openBlueprint(page);
      await missingServer(page, workspace);
      await problems(page);
      await goTo(page, 'endpoint rush');
      await page.locator('.squiggly-warning, .squiggly-error').first().waitFor();
      await shot('problems');
      await hover(page, shot);
      await fix(page, shot);
      await generate(page, shot, workspace);
    } catch (error) {
      await shot('failed');
      throw new Error(`${error.message}\n(screenshot: ${path.join(shots, 'failed.png')})`);
    }
  });
}

/**
 * In a workspace that is not trusted: the workspace's own choice of a server does not count, findings are there, and
 * generation is not offered. Workspace trust must be on in the user's settings.
 */
export async function driveRestricted({ tools, port, workspace, shots }) {
  setServer(workspace, '/nowhere/archwright');
  await withPage(tools, async (page) => {
    try {
      await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`);
      await page.locator('.part.banner', { hasText: 'Restricted Mode' }).waitFor({ timeout: 60_000 });
      await openBlueprint(page);
      await problems(page);
      await page.keyboard.press('F1');
      await page.locator('.quick-input-widget input').fill('>Archwright: ');
      const commands = page.locator('.quick-input-list .monaco-list-row');
      await commands.filter({ hasText: 'Archwright: Restart Server' }).waitFor();
      const offered = (await commands.allInnerTexts()).filter((text) => text.includes('Generate'));
      if (offered.length > 0) {
        throw new Error(`generation is offered in a workspace that is not trusted: ${offered}`);
      }
    } catch (error) {
      await page.screenshot({ path: path.join(shots, 'failed.png') });
      throw error;
    }
  });
}

async function openBlueprint(page) {
  const row = page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'clinic.arch' });
  await row.waitFor({ timeout: 60_000 });
  await row.dblclick();
  await page.locator('.monaco-editor .view-line').first().waitFor();
}

/** The workspace's own setting of the server; undefined to have none. */
function setServer(workspace, program) {
  mkdirSync(path.join(workspace, '.vscode'), { recursive: true });
  const settings = program === undefined ? {} : { 'archwright.server.path': program };
  writeFileSync(path.join(workspace, '.vscode/settings.json'), JSON.stringify(settings));
}

/** A setting that leads nowhere is said; without it, the server starts at once. */
async function missingServer(page, workspace) {
  const message = page.locator('.notification-toast', { hasText: '/nowhere/archwright' });
  await message.first().waitFor();
  await message.filter({ hasText: 'Correct the setting' }).filter({ hasText: 'Open Settings' }).first().waitFor();
  setServer(workspace, undefined);
  await message.first().hover();
  await message.locator('.codicon-notifications-clear').first().click();
  await message.first().waitFor({ state: 'detached' });
}

/** Puts the cursor on the first occurrence of `text`, which the editor's own search finds. */
async function goTo(page, text) {
  const field = page.locator('.find-widget.visible textarea').first();
  // The focus may still be on its way to a panel; until it is the editor's, the keys would go there.
  for (let attempt = 0; attempt < 6; attempt += 1) {
    await page.keyboard.press('Control+1');
    await page.waitForTimeout(200);
    const editor = await page.locator('.editor-group-container .monaco-editor').first().boundingBox();
    await page.mouse.click(editor.x + editor.width * 0.8, editor.y + editor.height / 2);
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Control+f');
    const shown = await field.waitFor({ timeout: 3_000 }).then(() => true, () => false);
    if (shown) break;
  }
  await field.fill(text);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
}

async function problems(page) {
  await page.keyboard.press('Control+Shift+M');
  const rows = page.locator('.markers-panel .monaco-list-row');
  await rows.filter({ hasText: 'auth.missing_authorization' }).first().waitFor();
  await rows.filter({ hasText: 'scale.call_without_timeout' }).first().waitFor();
}

async function hover(page, shot) {
  const word = page.locator('.monaco-editor .view-line span span', { hasText: /^rush$/ }).first();
  await word.hover();
  const box = page.locator('.monaco-hover:visible', { hasText: 'auth.missing_authorization' }).first();
  await box.waitFor();
  // The server's own explanation, with the origin of the severity, comes after the findings.
  await box.getByText('as the rule says').first().waitFor();
  await page.waitForTimeout(600);
  await shot('hover');
  await page.keyboard.press('Escape');
  await page.mouse.move(900, 20);
}

/**
 * Has the menu of code actions opened until it shows `title`. VS Code gives a menu up without a word when the focus is still
 * on its way back from another widget; a person asks again, and so does this.
 */
async function openMenu(page, open, title) {
  const entry = page.locator(MENU, { hasText: title }).first();
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await open();
    const shown = await entry.waitFor({ timeout: 8_000 }).then(() => true, () => false);
    if (shown) return;
    await page.keyboard.press('Escape');
    await page.waitForTimeout(500);
  }
  await open();
}

/** In the open menu of code actions at the cursor, moves to the entry with `title`, and returns before it is chosen. */
async function chooseAction(page, title) {
  const entry = page.locator(MENU, { hasText: title }).first();
  await entry.waitFor();
  const focused = page.locator(`${MENU}.focused`, { hasText: title });
  // The menu lies under a layer that takes the mouse, so it is walked with the keyboard.
  for (let step = 0; step < 30 && (await focused.count()) === 0; step += 1) {
    await page.keyboard.press('ArrowDown');
    await page.waitForTimeout(40);
  }
  await focused.first().waitFor({ timeout: 2_000 });
}

async function fix(page, shot) {
  await goTo(page, 'endpoint rush');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await openMenu(page, () => page.keyboard.press('Control+.'), /allow/i);
  await chooseAction(page, /allow/i);
  await shot('fix');
  await page.keyboard.press('Enter');
  const row = page.locator('.markers-panel .monaco-list-row', { hasText: 'auth.missing_authorization' });
  await row.first().waitFor({ state: 'detached' });
}

async function generate(page, shot, workspace) {
  await goTo(page, 'service Orders');
  await page.keyboard.press('ArrowLeft');
  const ask = async () => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').fill('>Archwright: Generate…');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Generate…' }).first().waitFor();
    await page.keyboard.press('Enter');
  };
  await openMenu(page, ask, 'Generate service Orders');
  await chooseAction(page, 'Generate service Orders');
  await shot('generate-menu');
  const before = new Set(readdirSync(workspace));
  await page.keyboard.press('Enter');
  const isNew = (name) => !before.has(name) && !name.startsWith('.');
  const name = await until('a generated folder appears', () => readdirSync(workspace).find(isNew));
  const isProject = (file) => path.basename(file) === 'pyproject.toml';
  await until('a Python project is generated', () => readdirSync(workspace, { recursive: true }).some(isProject));
  await page.locator('.notification-toast', { hasText: 'generated' }).first().waitFor();
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first().waitFor();
  // A generated file that a reader of the picture knows at once: the operations of the service.
  await page.keyboard.press('Control+p');
  await page.locator('.quick-input-widget input').fill('app/api/order');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: '.py' }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.tab.active', { hasText: '.py' }).waitFor();
  await page.locator('.monaco-editor .view-line', { hasText: 'import' }).first().waitFor();
  await page.waitForTimeout(500);
  await shot('generated');
}
