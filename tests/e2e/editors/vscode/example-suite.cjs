// Inside the extension host: every file of an example shows the findings that the command line prints.
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const vscode = require('vscode');
const { code, until } = require('./in-host.cjs');

exports.run = async () => {
  const folder = vscode.workspace.workspaceFolders[0].uri;
  const { program } = JSON.parse(fs.readFileSync(`${folder.fsPath}.json`, 'utf8'));
  const checked = spawnSync(program, ['check', '--format', 'json'], { cwd: folder.fsPath, encoding: 'utf8' });
  const { findings } = JSON.parse(checked.stdout);
  const files = fs.readdirSync(folder.fsPath).filter((name) => name.endsWith('.arch'));
  assert.ok(files.length > 2 && findings.length > files.length, checked.stdout);

  for (const name of files) {
    const file = vscode.Uri.joinPath(folder, name);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
    const wanted = findings.filter((finding) => finding.file === name).map((finding) => finding.code).sort().join(' ');
    const shown = () => vscode.languages.getDiagnostics(file).map(code).sort().join(' ');
    await until(() => `the findings of ${name}: ${wanted}; got ${shown()}`, () => shown() === wanted);
  }
};
