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
  await build({ ...common, entryPoints: ['test/locate.test.ts'], outdir: 'dist-test' });
} else {
  await build({ ...common, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.js', minify: true, legalComments: 'linked' });
}
