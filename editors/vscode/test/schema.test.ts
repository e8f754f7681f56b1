import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Association {
  readonly fileMatch: string;
  readonly url: string;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const schema = JSON.parse(readFileSync('schemas/archwright.schema.json', 'utf8'));

test('archwright.toml is completed with the generated schema', () => {
  const associations: Association[] = manifest.contributes.tomlValidation;
  assert.deepEqual(associations, [{ fileMatch: 'archwright.toml', url: schema.$id }]);
  // Even Better TOML passes the address on as it is, so one relative to the extension would lead nowhere.
  assert.equal(new URL(schema.$id).protocol, 'https:');
  assert.equal(schema.$schema, 'http://json-schema.org/draft-07/schema#');
});
