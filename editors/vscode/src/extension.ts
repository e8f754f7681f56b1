/** Entry points of the extension: it starts the server and wires the commands, and knows nothing of the language. */
import * as vscode from 'vscode';
import { GENERATE_KIND, Server } from './server';

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const running = new Server(context.extensionPath);
  server = running;
  context.subscriptions.push(
    running,
    vscode.commands.registerCommand('archwright.restartServer', () => running.restart()),
    vscode.commands.registerCommand('archwright.showOutput', () => running.output.show()),
    vscode.commands.registerCommand('archwright.generateHere', generateHere),
    vscode.commands.registerCommand('archwright.generateService', (name?: unknown) => generateService(running, name)),
    vscode.commands.registerCommand('archwright.generateSystem', () => running.generate()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('archwright.server.path')) {
        void running.restart();
      }
    }),
    // In a trusted workspace the restricted setting counts again, which may name another program.
    vscode.workspace.onDidGrantWorkspaceTrust(() => void running.restart()),
  );
  await running.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

/** Offers what the server can generate at the cursor: the service that it stands in, or all of them. */
async function generateHere(): Promise<void> {
  await vscode.commands.executeCommand('editor.action.sourceAction', { kind: GENERATE_KIND, apply: 'ifSingle' });
}

/** Generates the service with that name, which a key binding may pass and is asked for otherwise. */
async function generateService(running: Server, name: unknown): Promise<void> {
  const service =
    typeof name === 'string'
      ? name
      : await vscode.window.showInputBox({
          title: 'Generate one service',
          prompt: 'The name of the service, as the blueprint writes it',
          placeHolder: 'Orders',
        });
  if (service !== undefined && service.trim() !== '') {
    await running.generate(service.trim());
  }
}
