// Inside the extension host: what an architect sees of levels, repairs and accepted findings, on the blueprint of `governed`.
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const vscode = require('vscode');
const { code, until } = require('./in-host.cjs');

const run = vscode.commands.executeCommand;
const folder = vscode.workspace.workspaceFolders[0].uri;
const blueprint = vscode.Uri.joinPath(folder, 'wards.arch');
const configuration = vscode.Uri.joinPath(folder, 'archwright.toml');
const found = (file, wanted) => vscode.languages.getDiagnostics(file).find((finding) => code(finding) === wanted);

/** The findings of the blueprint with their levels, sorted: `auth.weak_scheme Hint`. */
const levels = () =>
  vscode.languages
    .getDiagnostics(blueprint)
    .map((finding) => `${code(finding)} ${vscode.DiagnosticSeverity[finding.severity]}`)
    .sort();

/** Waits until the findings are these, each with its level, and no others. */
async function shown(wanted) {
  await until(() => `the findings ${wanted.join(', ')}; got ${levels().join(', ')}`, () => levels().join() === wanted.join());
}

/** The repairs that are offered at a finding, with their edits. */
async function repairs(file, wanted) {
  const { range } = found(file, wanted);
  return run('vscode.executeCodeActionProvider', file, range, 'quickfix', 50);
}

async function apply(file, wanted, title) {
  const offered = await repairs(file, wanted);
  const action = offered.find((each) => each.title === title);
  assert.ok(action, `no "${title}" among ${JSON.stringify(offered.map((each) => each.title))}`);
  assert.ok(await vscode.workspace.applyEdit(action.edit), `"${title}" could not be applied`);
}

async function hoverAt(document, before, word) {
  const position = document.positionAt(document.getText().indexOf(before + word) + before.length + 1);
  const hovers = await run('vscode.executeHoverProvider', blueprint, position);
  return hovers.flatMap((hover) => hover.contents.map((part) => part.value ?? part)).join('\n');
}

/** Both sorts of origin are said: the rule's own level, and the line that changes it. */
async function checkOrigins(document) {
  const usual = await hoverAt(document, 'endpoint ', 'wards');
  assert.match(usual, /api\/unpaginated_list\): warning, as the rule says\. It runs from profile core on\./);
  const configured = await hoverAt(document, 'entity ', 'Nurse');
  assert.match(configured, /data\/retention_missing\): error, by line 6 of archwright\.toml; otherwise warning\./);
}

/** What was accepted is a hint that says so, and can be repaired all the same. */
async function checkAccepted() {
  const accepted = found(blueprint, 'auth.weak_scheme');
  assert.match(accepted.message, /Accepted in archwright\.lock\./);
  const titles = (await repairs(blueprint, 'auth.weak_scheme')).map((each) => each.title);
  assert.ok(titles.some((title) => title.startsWith('End sessions of Session')), titles.join('\n'));
}

/** A title says what comes next, and that comes. */
async function checkIntroduced(document) {
  const before = levels();
  await apply(blueprint, 'auth.auth_undeclared', 'Add auth Session to system Hospital (introduces auth.missing_authorization)');
  await until('the finding that the title promised', () => found(blueprint, 'auth.missing_authorization'));
  assert.equal(found(blueprint, 'auth.auth_undeclared'), undefined);
  await vscode.window.showTextDocument(document);
  await run('undo');
  await shown(before);
}

/** A wrong name in the configuration is marked and mended there, and what is typed holds before it is saved. */
async function checkConfiguration(document) {
  const open = await vscode.workspace.openTextDocument(configuration);
  await vscode.window.showTextDocument(open);
  await until('a finding in archwright.toml', () => found(configuration, 'config.invalid'));
  const finding = found(configuration, 'config.invalid');
  assert.equal(open.getText(finding.range), '"api.unpaginated_lists"');
  await apply(configuration, 'config.invalid', 'Change to `api.unpaginated_list`');
  await until('archwright.toml has no finding', () => vscode.languages.getDiagnostics(configuration).length === 0);
  assert.ok(open.isDirty);
  const level = () => found(blueprint, 'api.unpaginated_list')?.severity;
  await until('the level that was typed', () => level() === vscode.DiagnosticSeverity.Error);
  assert.ok(await open.save());
  await vscode.window.showTextDocument(document);
}

/** Saving applies what is safe, as the settings of the workspace want: here it deletes a waiver. */
async function checkSaving(document) {
  assert.match(document.getText(), /waive /);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(blueprint, document.positionAt(document.getText().length), '// The end.\n');
  assert.ok(await vscode.workspace.applyEdit(edit));
  assert.ok(await document.save());
  const saved = fs.readFileSync(blueprint.fsPath, 'utf8');
  assert.ok(saved.includes('The end.') && !saved.includes('waive '), saved);
  await until('the finding about the waiver is gone', () => !found(blueprint, 'evolution.waiver_stale'));
}

/** Accepting the rest on the command line turns it into hints here. */
async function checkBaseline() {
  const { program } = JSON.parse(fs.readFileSync(`${folder.fsPath}.json`, 'utf8'));
  const done = spawnSync(program, ['baseline', 'write'], { cwd: folder.fsPath, encoding: 'utf8' });
  assert.equal(done.status, 0, done.stdout + done.stderr);
  await shown(['api.unpaginated_list Hint', 'auth.auth_undeclared Hint', 'auth.weak_scheme Hint', 'data.retention_missing Hint']);
}

exports.run = async () => {
  const document = await vscode.workspace.openTextDocument(blueprint);
  await vscode.window.showTextDocument(document);
  await shown([
    'api.unpaginated_list Warning',
    'auth.auth_undeclared Warning',
    'auth.weak_scheme Hint',
    'data.retention_missing Error',
    'evolution.waiver_stale Hint',
  ]);
  await checkOrigins(document);
  await checkAccepted();
  await checkIntroduced(document);
  await checkConfiguration(document);
  await checkSaving(document);
  await checkBaseline();
};
