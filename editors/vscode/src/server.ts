/** The running server: started, stopped and started again; everything about blueprints is its business. */
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { LanguageClientOptions, ServerOptions } from 'vscode-languageclient/node';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { serveConfiguration } from './configuration';
import { locateServer } from './locate';

/** The kind of the server's code actions that write files. */
export const GENERATE_KIND = 'source.archwright.generate';
/** The server's command that writes files; the client registers it once the server has named it. */
const GENERATE_COMMAND = 'archwright.generate';

/** Owns the connection to at most one server process. */
export class Server implements vscode.Disposable {
  readonly output = vscode.window.createOutputChannel('Archwright', { log: true });
  private client: LanguageClient | undefined;
  private configuration: vscode.Disposable | undefined;
  // Starts and stops are done one after the other, whatever asks for them.
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly extensionFolder: string) {}

  /** Starts the server, or starts it again. Failures are shown to the user, not thrown. */
  restart(): Promise<void> {
    return this.enqueue(async () => {
      await this.stopClient();
      await this.startClient();
    });
  }

  /** Stops the server; the promise resolves when it has ended. */
  stop(): Promise<void> {
    return this.enqueue(() => this.stopClient());
  }

  /** Lets the server generate one service, or every service when none is named. */
  async generate(service?: string): Promise<void> {
    if (this.client === undefined) {
      await this.complain('The Archwright server is not running, so nothing can be generated.', 'Restart Server');
      return;
    }
    const target = service === undefined ? [] : [{ service }];
    await vscode.commands.executeCommand(GENERATE_COMMAND, ...target);
  }

  dispose(): void {
    void this.stop().finally(() => this.output.dispose());
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((error: unknown) => {
      this.output.error(String(error));
    });
    return this.queue;
  }

  private async stopClient(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.configuration?.dispose();
    this.configuration = undefined;
    await client?.dispose();
  }

  private async startClient(): Promise<void> {
    const located = locateServer({
      setting: vscode.workspace.getConfiguration('archwright').get('server.path', ''),
      extensionFolder: this.extensionFolder,
      searchPath: process.env['PATH'] ?? '',
      home: homedir(),
      platform: process.platform,
      isProgram,
    });
    if ('problem' in located) {
      this.output.error(located.problem);
      void this.complain(located.problem, 'Open Settings');
      return;
    }
    this.output.info(`Starting ${located.program} lsp (from ${located.from}).`);
    const run: ServerOptions = { command: located.program, args: ['lsp'], transport: TransportKind.stdio };
    const client = new LanguageClient('archwright', 'Archwright', run, this.clientOptions());
    try {
      await client.start();
      this.client = client;
      this.configuration = serveConfiguration(client);
    } catch (error) {
      this.output.error(String(error));
      await client.dispose().catch(() => undefined);
      void this.complain(
        `The Archwright server ${located.program} did not start, so blueprints are not checked. ` +
          'The output says why.',
        'Show Output',
      );
    }
  }

  private clientOptions(): LanguageClientOptions {
    return {
      documentSelector: [
        { language: 'arch', scheme: 'file' },
        { language: 'arch', scheme: 'untitled' },
      ],
      outputChannel: this.output,
      middleware: {
        executeCommand: async (command, args, next) => {
          // The server merges what is on disk. Edits that are not saved yet would be missing there, and replaced here.
          if (command === GENERATE_COMMAND && !(await saveFiles())) {
            throw new Error('Not every open file could be saved, so nothing was generated.');
          }
          return next(command, args);
        },
        provideCodeActions: async (document, range, context, token, next) => {
          const actions = await next(document, range, context, token);
          if (vscode.workspace.isTrusted || !actions) {
            return actions;
          }
          const generates = vscode.CodeActionKind.Empty.append(GENERATE_KIND);
          return actions.filter((action) => !('kind' in action && action.kind && generates.contains(action.kind)));
        },
      },
    };
  }

  private async complain(message: string, action: 'Open Settings' | 'Show Output' | 'Restart Server'): Promise<void> {
    if ((await vscode.window.showErrorMessage(message, action)) === undefined) {
      return;
    }
    switch (action) {
      case 'Open Settings':
        await vscode.commands.executeCommand('workbench.action.openSettings', 'archwright.server.path');
        break;
      case 'Show Output':
        this.output.show();
        break;
      case 'Restart Server':
        await this.restart();
        break;
    }
  }
}

/** Saves every changed file; false when one could not be saved. New documents without a file stay as they are. */
async function saveFiles(): Promise<boolean> {
  // Not `workspace.saveAll`, which passes over documents that no editor shows.
  const changed = vscode.workspace.textDocuments.filter((document) => document.isDirty && !document.isUntitled);
  const saved = await Promise.all(changed.map((document) => document.save()));
  return saved.every(Boolean);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
