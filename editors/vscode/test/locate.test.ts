import assert from 'node:assert/strict';
import { test } from 'node:test';
import { locateServer, type Located, type Places } from '../src/locate';

/** A machine on which exactly the given files are programs. */
function machine(programs: string[], more: Partial<Places> = {}): Places {
  return {
    setting: '',
    extensionFolder: '/ext',
    searchPath: '/usr/local/bin:/usr/bin',
    home: '/home/ada',
    platform: 'linux',
    isProgram: (file) => programs.includes(file),
    ...more,
  };
}

function problem(located: Located): string {
  assert.ok('problem' in located, `a program was found: ${JSON.stringify(located)}`);
  return located.problem;
}

const everywhere = ['/own/archwright', '/ext/server/archwright', '/usr/bin/archwright'];

test('the setting wins over everything else', () => {
  const located = locateServer(machine(everywhere, { setting: ' /own/archwright ' }));
  assert.deepEqual(located, { program: '/own/archwright', from: 'setting' });
});

test('a setting may start at the home folder', () => {
  const located = locateServer(machine(['/home/ada/bin/archwright'], { setting: '~/bin/archwright' }));
  assert.deepEqual(located, { program: '/home/ada/bin/archwright', from: 'setting' });
});

test('a setting that leads nowhere is said, not passed over', () => {
  assert.match(problem(locateServer(machine(everywhere, { setting: '/gone/archwright' }))), /"\/gone\/archwright"/);
  assert.match(problem(locateServer(machine(everywhere, { setting: 'bin/archwright' }))), /not an absolute path/);
});

test('the bundled program comes before PATH', () => {
  assert.deepEqual(locateServer(machine(everywhere)), { program: '/ext/server/archwright', from: 'extension' });
});

test('the first program on PATH is taken', () => {
  const both = ['/usr/bin/archwright', '/usr/local/bin/archwright'];
  assert.deepEqual(locateServer(machine(both)), { program: '/usr/local/bin/archwright', from: 'PATH' });
});

test('relative entries of PATH do not count', () => {
  const places = machine(['archwright', 'bin/archwright', './archwright'], { searchPath: ':bin:.' });
  assert.match(problem(locateServer(places)), /not installed/);
});

test('without any program the message says what to do', () => {
  const message = problem(locateServer(machine([])));
  assert.match(message, /cargo xtask install/);
  assert.match(message, /archwright\.server\.path/);
});
