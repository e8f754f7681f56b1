/**
 * `archwright.toml` in the editor. The server says what is wrong in it and how to mend it, and wants to know what is typed;
 * everything else about TOML, its layout above all, belongs to the extension for TOML. So the file is not among the
 * documents of the language client, which would offer to format it, too.
 */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { CodeActionRequest } from 'vscode-languageclient/node';

const SELECTOR: vscode.DocumentFilter = { pattern: '**/archwright.toml', scheme: 'file' };

/** Tells the server about open configurations, and offers its repairs in them, until it is disposed. */
export function serveConfiguration(client: LanguageClient): vscode.Disposable {
  const ours = (document: vscode.TextDocument): boolean => vscode.languages.match(SELECTOR, document) > 0;
  const identifier = (document: vscode.TextDocument): { uri: string } => ({ uri: document.uri.toString() });
  const tell = (method: string, params: object): void => {
    void client.sendNotification(method, params).catch(() => undefined);
  };
  const open = (document: vscode.TextDocument): void => {
    if (ours(document)) {
      const text = document.getText();
      const textDocument = { ...identifier(document), languageId: 'toml', version: document.version, text };
      tell('textDocument/didOpen', { textDocument });
    }
  };
  vscode.workspace.textDocuments.forEach(open);
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(open),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (ours(document) && contentChanges.length > 0) {
        const textDocument = { ...identifier(document), version: document.version };
        tell('textDocument/didChange', { textDocument, contentChanges: [{ text: document.getText() }] });
      }
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      if (ours(document)) {
        tell('textDocument/didClose', { textDocument: identifier(document) });
      }
    }),
    vscode.languages.registerCodeActionsProvider(SELECTOR, {
      async provideCodeActions(document, range, context, token) {
        const found = await client.sendRequest(
          CodeActionRequest.type,
          {
            textDocument: identifier(document),
            range: client.code2ProtocolConverter.asRange(range),
            context: client.code2ProtocolConverter.asCodeActionContextSync(context),
          },
          token,
        );
        return found ? client.protocol2CodeConverter.asCodeActionResult(found, token) : [];
      },
    }),
  );
}
