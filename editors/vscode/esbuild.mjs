// Bundles the extension into dist/extension.js; with --test, the tests into dist-test/.
import { build } from 'esbuild';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  logLevel: 'warning',
};

if (process.argv.includes('--test')) {
  const entryPoints = ['test/grammar.test.ts', 'test/locate.test.ts', 'test/snippets.test.ts'];
  await build({ ...common, entryPoints, outdir: 'dist-test', packages: 'external' });
} else {
  await build({ ...common, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.js', minify: true, legalComments: 'linked' });
}
