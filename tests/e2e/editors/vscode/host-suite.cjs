// The suite inside the extension host; a rejected `run` fails it. What it needs to know stands in a file beside the
// workspace, since nothing else reaches the extension host.
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { code, until } = require('./in-host.cjs');

const run = vscode.commands.executeCommand;
/** What is not generated. */
const BLUEPRINT = ['archwright.toml', 'clinic.arch'];

const folder = vscode.workspace.workspaceFolders[0].uri;
const file = vscode.Uri.joinPath(folder, 'clinic.arch');
const findings = () => vscode.languages.getDiagnostics(file);
const found = (wanted) => findings().find((finding) => code(finding) === wanted);
const codes = () => findings().map(code).sort();

async function applyFix(wanted, title) {
  const finding = found(wanted);
  const actions = await run('vscode.executeCodeActionProvider', file, finding.range, 'quickfix', 50);
  const action = actions.find((each) => title.test(each.title));
  assert.ok(action, `no fix like ${title} among ${JSON.stringify(actions.map((each) => each.title))}`);
  assert.ok(action.edit, `"${action.title}" was not resolved to an edit`);
  assert.ok(await vscode.workspace.applyEdit(action.edit), `"${action.title}" could not be applied`);
}

async function checkFindings() {
  const wanted = ['auth.missing_authorization', 'scale.call_without_timeout'];
  await until(() => `the findings ${wanted}, got ${codes()}`, () => codes().join() === wanted.join());
  for (const finding of findings()) {
    assert.equal(finding.source, 'archwright');
    assert.match(finding.code.target.toString(), new RegExp(code(finding).replace('.', '[./]')));
    assert.ok(finding.message.length > 20, finding.message);
  }
}

async function checkHover(document) {
  const position = document.positionAt(document.getText().indexOf('endpoint rush') + 'endpoint '.length + 1);
  const hovers = await run('vscode.executeHoverProvider', file, position);
  const text = hovers.flatMap((hover) => hover.contents.map((part) => part.value ?? part)).join('\n');
  assert.match(text, /rush/);
}

async function checkCompletion(document) {
  const position = document.positionAt(document.getText().indexOf('writes Order'));
  const list = await run('vscode.executeCompletionItemProvider', file, position);
  // The editor adds words of the file by itself; those have this kind.
  const offered = list.items.filter((item) => item.kind !== vscode.CompletionItemKind.Text);
  const labels = offered.map((item) => (typeof item.label === 'string' ? item.label : item.label.label));
  assert.ok(labels.includes('allow'), `no "allow" among ${labels.slice(0, 40)}`);
}

async function checkNavigation(document) {
  const text = document.getText();
  const use = document.positionAt(text.indexOf('Catalog.price') + 'Catalog.p'.length);
  const line = document.positionAt(text.indexOf('endpoint price')).line;
  const definitions = await run('vscode.executeDefinitionProvider', file, use);
  const targets = definitions.map((each) => (each.targetSelectionRange ?? each.targetRange ?? each.range).start.line);
  assert.deepEqual(targets, [line]);

  const references = await run('vscode.executeReferenceProvider', file, new vscode.Position(line, 'endpoint price'.length));
  assert.ok(references.some((each) => each.range.start.line === use.line), 'the call is no reference to the endpoint');

  const outline = await run('vscode.executeDocumentSymbolProvider', file);
  const orders = outline.find((each) => each.name === 'Orders');
  assert.ok(orders, `no Orders in the outline: ${outline.map((each) => each.name)}`);
  assert.ok(orders.children.some((each) => each.name === 'rush'), `no rush in Orders: ${orders.children.map((each) => each.name)}`);
}

async function checkSyntaxError(document) {
  const before = codes();
  const broken = new vscode.WorkspaceEdit();
  const end = document.positionAt(document.getText().indexOf('  resource Order at'));
  broken.insert(file, end, '  endpoint broken GET\n');
  assert.ok(await vscode.workspace.applyEdit(broken));
  await until(() => `a syntax error, got ${codes()}`, () => codes().some((each) => each.startsWith('syntax.')));
  assert.ok(before.every((each) => codes().includes(each)), `findings vanished with a syntax error: ${codes()}`);
  await run('undo');
  await until(() => `the findings as before, got ${codes()}`, () => codes().join() === before.join());
}

/** A blueprint with its blanks in disorder, an emoji before them, so that columns are counted as the editor does. */
function inDisorder(text) {
  return text
    .replace('  stack none\n  auth Session\n', '      stack   none   // 👩‍⚕️\n auth Session\n')
    .replace('team CareTeam { contact', 'team   CareTeam{contact')
    .replace('    id: uuid @id\n', '        id:uuid    @id\n');
}

/** What the command line makes of a text. */
function formattedByCommandLine(program, text) {
  const done = spawnSync(program, ['fmt', '-'], { cwd: folder.fsPath, encoding: 'utf8', input: text });
  assert.equal(done.status, 0, `${program} fmt failed:\n${done.stderr}`);
  return done.stdout;
}

async function replaceAll(document, text) {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(file, new vscode.Range(0, 0, document.lineCount, 0), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** The whole, a range and the line just typed are laid out; the whole as the command line does it. */
async function checkFormatting(document, program) {
  const before = document.getText();
  const ugly = inDisorder(before);
  const wanted = formattedByCommandLine(program, ugly);
  assert.notEqual(wanted, ugly);
  await replaceAll(document, ugly);

  const line = document.positionAt(ugly.indexOf('id:uuid')).line;
  const options = { tabSize: 8, insertSpaces: false };
  const range = new vscode.Range(line, 0, line, document.lineAt(line).text.length);
  const some = await run('vscode.executeFormatRangeProvider', file, range, options);
  assert.ok(some.length > 0 && some.every((edit) => edit.range.start.line === line), JSON.stringify(some));
  const typed = await run('vscode.executeFormatOnTypeProvider', file, new vscode.Position(line + 1, 0), '\n', options);
  assert.ok(Array.isArray(typed) && typed.length > 0, `nothing is laid out behind a line end: ${JSON.stringify(typed)}`);

  await run('editor.action.formatDocument');
  await until(() => `the text of the command line, got\n${document.getText()}`, () => document.getText() === wanted);
  await replaceAll(document, before);
}

/** What the command line generates from the blueprint as it is now: content by path. */
function generatedByCommandLine(program) {
  const copy = fs.mkdtempSync(`${folder.fsPath}-cli-`);
  for (const name of BLUEPRINT) {
    fs.copyFileSync(path.join(folder.fsPath, name), path.join(copy, name));
  }
  const done = spawnSync(program, ['generate', '--service', 'Orders'], { cwd: copy, encoding: 'utf8' });
  assert.equal(done.status, 0, `${program} generate failed:\n${done.stdout}${done.stderr}`);
  const tree = readTree(copy);
  assert.ok(tree.size > 0, 'the command line generated nothing');
  fs.rmSync(copy, { recursive: true });
  return tree;
}

/** Every file below a folder but the blueprint: content by path; that a file can be started is part of it. */
function readTree(root) {
  const files = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map((entry) => path.relative(root, path.join(entry.path, entry.name))).sort();
  const generated = names.filter((name) => !BLUEPRINT.includes(name));
  const content = (file) => {
    try {
      return (fs.statSync(file).mode & 0o100 ? 'program: ' : '') + fs.readFileSync(file, 'utf8');
    } catch {
      // A file that the server is just writing may have its name for a moment only.
      return undefined;
    }
  };
  return new Map(generated.map((name) => [name, content(path.join(root, name))]));
}

function removeGenerated() {
  for (const name of fs.readdirSync(folder.fsPath).filter((each) => !BLUEPRINT.includes(each))) {
    fs.rmSync(path.join(folder.fsPath, name), { recursive: true });
  }
}

/** The same files as `expected` are on disk, byte for byte, and none is left unsaved. */
async function checkGenerated(expected) {
  const difference = () => {
    const there = readTree(folder.fsPath);
    const names = [...new Set([...expected.keys(), ...there.keys()])];
    return names.filter((name) => there.get(name) !== expected.get(name));
  };
  await until('the generated files are those of the command line', () => difference().length === 0).catch((error) => {
    const list = difference().map((name) => `${name} (${readTree(folder.fsPath).has(name) ? 'differs or extra' : 'missing'})`);
    throw new Error(`${error.message}:\n${list.join('\n')}`);
  });
  await until('every file is saved', () => vscode.workspace.textDocuments.every((each) => !each.isDirty));
}

/** The code action on the service, as the light bulb applies it. */
async function generateByAction() {
  const document = await vscode.workspace.openTextDocument(file);
  const here = new vscode.Range(document.positionAt(document.getText().indexOf('service Orders')), document.positionAt(document.getText().indexOf('service Orders') + 14));
  const actions = await run('vscode.executeCodeActionProvider', file, here, 'source.archwright.generate', 10);
  const action = actions.find((each) => each.title === 'Generate service Orders');
  assert.ok(action, `not offered among ${JSON.stringify(actions.map((each) => each.title))}`);
  assert.ok(action.edit || action.command, 'the action has neither an edit nor a command');
  if (action.edit) {
    assert.ok(await vscode.workspace.applyEdit(action.edit, { isRefactoring: true }));
  }
  if (action.command) {
    await run(action.command.command, ...action.command.arguments);
  }
}

/** Generating again keeps an edit of a generated file, also one that is not saved yet. */
async function checkUnsavedEdit() {
  const name = 'services/orders/README.md';
  const generated = vscode.Uri.joinPath(folder, name);
  const document = await vscode.workspace.openTextDocument(generated);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(generated, new vscode.Position(0, 0), 'Written by hand.\n\n');
  assert.ok(await vscode.workspace.applyEdit(edit));
  assert.ok(document.isDirty);
  await run('archwright.generateService', 'Orders');
  assert.ok(fs.readFileSync(generated.fsPath, 'utf8').startsWith('Written by hand.\n'), `${name} lost its edit`);
  assert.ok(!document.isDirty && document.getText().startsWith('Written by hand.'), `${name} lost its edit in the editor`);
}

exports.run = async () => {
  const { program } = JSON.parse(fs.readFileSync(`${folder.fsPath}.json`, 'utf8'));
  const document = await vscode.workspace.openTextDocument(file);
  assert.equal(document.languageId, 'arch');
  await vscode.window.showTextDocument(document);

  await checkFindings();
  await checkHover(document);
  await checkCompletion(document);
  await checkNavigation(document);
  await checkSyntaxError(document);
  await checkFormatting(document, program);
  await checkFindings();

  await applyFix('auth.missing_authorization', /allow/i);
  await until(() => `the finding is gone, got ${codes()}`, () => !found('auth.missing_authorization'));
  await applyFix('scale.call_without_timeout', /timeout/i);
  await until(() => `no finding is left, got ${codes()}`, () => findings().length === 0);
  await document.save();

  const expected = generatedByCommandLine(program);
  await generateByAction();
  await checkGenerated(expected);

  // The same by the extension's command, which goes through workspace/executeCommand and workspace/applyEdit.
  removeGenerated();
  await run('archwright.generateService', 'Orders');
  await checkGenerated(expected);

  await checkUnsavedEdit();

  await run('archwright.restartServer');
  const broken = new vscode.WorkspaceEdit();
  broken.insert(file, new vscode.Position(0, 0), 'endpoint broken GET\n');
  assert.ok(await vscode.workspace.applyEdit(broken));
  await until('findings come back after a restart', () => findings().length > 0);
};
