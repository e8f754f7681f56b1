// Bundles the extension into dist/extension.js with the licences of what is bundled beside it; with --test, bundles
// the tests into dist-test/.
import { build } from 'esbuild';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  logLevel: 'warning',
};

/** The licence texts of the packages that the bundle holds, sorted by package. */
function licences(metafile) {
  const packages = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const inside = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (inside) {
      packages.add(inside[1]);
    }
  }
  return [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    if (file === undefined) {
      throw new Error(`${name} ${version} has no licence file that could be passed on`);
    }
    const text = readFileSync(path.join(folder, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
}

if (process.argv.includes('--test')) {
  const tests = readdirSync('test').filter((each) => each.endsWith('.test.ts')).sort();
  const entryPoints = tests.map((each) => `test/${each}`);
  await build({ ...common, entryPoints, outdir: 'dist-test', packages: 'external' });
} else {
  const options = { entryPoints: ['src/extension.ts'], outfile: 'dist/extension.js', minify: true, metafile: true };
  const { metafile } = await build({ ...common, ...options });
  writeFileSync('dist/third-party-licences.txt', licences(metafile).join(`\n${'-'.repeat(80)}\n\n`));
}
