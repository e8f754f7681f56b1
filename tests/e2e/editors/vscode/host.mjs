// Runs host-suite.cjs inside the extension host, where the real `vscode` API is.
import { until, withPage } from './session.mjs';

/** Resolves when every check of the suite held; `suite` is a file that exports `run()`. */
export async function runInExtensionHost({ tools, port, workspace, extensionFolder, suite }) {
  await withPage(tools, async (page) => {
    const lines = [];
    let code;
    // The names are those that the web build of VS Code calls when it tests an extension.
    await page.exposeFunction('codeAutomationLog', (_level, values) => lines.push(values.join(' ')));
    await page.exposeFunction('codeAutomationExit', (value) => {
      code = value;
    });
    const remote = (file) => `vscode-remote://127.0.0.1:${port}${file}`;
    const payload = [
      ['extensionDevelopmentPath', remote(extensionFolder)],
      ['extensionTestsPath', remote(suite)],
    ];
    await page.goto(
      `http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`,
    );
    await until('the suite in the extension host ends', () => code !== undefined, 90_000);
    if (code !== 0) {
      throw new Error(`the suite in the extension host failed:\n${lines.join('\n')}`);
    }
  });
}
